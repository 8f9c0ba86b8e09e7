#include "api/platform/cron_controller.h"

#include "api/messages/problem_answer.h"
#include "api/messages/query.h"
#include "api/messages/request_reader.h"
#include "api/platform/cron_explanation.h"

namespace carillon::api {

void CronController::explain(Exchange exchange) {
  const Query query(exchange.request(), {});
  if (!query.is_fine()) return exchange.refuse(query.problem());
  const auto text = body_of(exchange.request(), BodyForm::json);
  if (!text) return exchange.refuse(problem_of({text.error()}));
  auto answer = explain_cron(*text, exchange.gateway().zones(), exchange.gateway().now());
  if (!answer) return exchange.refuse(answer.error());
  exchange.send_json(*std::move(answer));
}

}  // namespace carillon::api
