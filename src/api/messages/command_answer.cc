#include "api/messages/command_answer.h"

#include <utility>

#include <fmt/format.h>

#include "api/messages/entity_tag.h"
#include "api/messages/problem_answer.h"
#include "codec/task_codec.h"

namespace carillon::api {
namespace {

constexpr std::size_t kTaskJsonBytes = 2048;  // A usual task; longer ones grow.

http::Response task_answer(const CommandResult& result, SuccessForm form) {
  // A task that was deleted meanwhile has nothing to show.
  if (form == SuccessForm::nothing || !result.task) return {.status = 204, .content_type = ""};
  http::Response response;
  response.body.reserve(kTaskJsonBytes);
  append_task_json(response.body, *result.task, result.warnings);
  response.with("ETag", entity_tag(result.task->row.version));
  if (form == SuccessForm::created) {
    response.status = 201;
    response.with("Location", "/api/v1/tasks/" + to_text(result.task->id));
  }
  return response;
}

}  // namespace

void answer_command(Exchange exchange, CommandOutcome outcome, SuccessForm form) {
  if (!outcome) return exchange.refuse(outcome.error());
  const TaskAnswer& answer = *outcome->answer;
  http::Response response = answer.problem
                                ? problem_answer(problem_of_answer(answer), exchange.request())
                                : task_answer(*outcome, form);
  if (answer.replayed) response.with("Idempotency-Replayed", "true");
  if (answer.run) response.with("Carillon-Run", to_text(*answer.run));
  exchange.send(std::move(response));
}

Problem problem_of_answer(const TaskAnswer& answer) {
  const auto code = error_code_from_word(answer.problem.value_or(""));
  return {.error = {.code = code.value_or(ErrorCode::internal),
                    .message = answer.message,
                    .hint = answer.hint},
          .details = {}};
}

}  // namespace carillon::api
