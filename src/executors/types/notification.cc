#include "executors/types/notification.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "executors/ending_report.h"
#include "executors/executor_options.h"
#include "executors/json_text_of.h"
#include "executors/net/http_answer.h"
#include "executors/net/http_exchange.h"
#include "executors/net/mail_delivery.h"
#include "executors/net/webhook_signature.h"
#include "executors/parameters.h"
#include "executors/template_text.h"

namespace carillon {
namespace json = boost::json;
namespace {

constexpr TypeInfo kInfo{
    .name = "notification",
    .lane = Lane::http,
    .summary = "Sends a message to the log, a webhook or by mail.",
    .parameter_schema = R"({"type": "object", "properties": {
      "channel": {"enum": ["log", "webhook", "email", "kafka"], "default": "log",
        "description": "log, webhook or email"},
      "message": {"type": "string", "minLength": 1, "maxLength": 100000,
        "default": "Task {{task.name}} says hello from run {{run.id}}.",
        "description": "the text; may hold {{task.name}}, {{run.id}}, {{inputs.step.field}}"},
      "subject": {"type": "string", "maxLength": 500, "default": "carillon: {{task.name}}",
        "description": "the subject of a mail"},
      "to": {"anyOf": [{"type": "string"},
          {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 50}],
        "description": "one or more mail addresses"},
      "url": {"type": "string", "minLength": 1, "maxLength": 8000,
        "description": "where a webhook goes, http or https"},
      "secret": {"type": "string", "minLength": 1, "maxLength": 500,
        "description": "signs a webhook; whsec_ and base64"}}})",
    .example = R"({"name": "hello", "parameters": {"type": "notification",
      "message": "{{task.name}} ran for {{nominal}}"}})",
};

constexpr Duration kTimeout = Duration::seconds(30);

Result<void> check_webhook(const AddressGuard& guard, const json::object& parameters) {
  const auto url = text_at(parameters, "url");
  if (!url) {
    return missing_parameter("url", "The webhook channel needs a url.",
                             R"(Add "url": "https://example.com/hook".)");
  }
  if (const auto secret = text_at(parameters, "secret"); secret && !has_template(*secret)) {
    if (auto key = webhook_key(*secret); !key) {
      return bad_parameter("secret", key.error().message, key.error().hint);
    }
  }
  if (has_template(*url)) return {};
  auto checked = guard.check_url(*url);
  if (!checked) checked.error().pointer = "/parameters/url";
  return checked;
}

Result<void> check_mail(const json::object& parameters) {
  const auto to = texts_at(parameters, "to");
  if (to.empty()) {
    return missing_parameter("to", "The email channel needs an address.",
                             R"(Add "to": "ops@example.com".)");
  }
  for (const std::string& address : to) {
    if (has_template(address)) continue;
    if (auto checked = check_mail_address(address); !checked) {
      return bad_parameter("to", checked.error().message, checked.error().hint);
    }
  }
  return {};
}

Result<void> check(const AddressGuard& guard, const json::object& parameters) {
  const std::string channel = *text_at(parameters, "channel");
  if (channel == "webhook") return check_webhook(guard, parameters);
  if (channel == "email") return check_mail(parameters);
  if (channel == "kafka") {
    return fail(Error{.code = ErrorCode::not_yet,
                      .message = "The kafka channel needs a distributed server.",
                      .hint = "Use webhook, email or log.",
                      .column = std::nullopt,
                      .pointer = "/parameters/channel"});
  }
  return {};
}

// The body of a webhook, in the shape that Standard Webhooks recommends.
std::string webhook_body(const AttemptContext& context) {
  const AttemptAbout& about = context.about();
  const auto nominal =
      about.nominal ? json::value(to_rfc3339(*about.nominal)) : json::value(nullptr);
  return json_text_of(json::object{{"type", "carillon.notification"},
                                   {"timestamp", to_rfc3339(context.now())},
                                   {"data",
                                    {{"message", *text_at(context.parameters(), "message")},
                                     {"taskId", to_text(about.attempt.run.task)},
                                     {"taskName", about.task_name},
                                     {"runId", to_text(about.attempt.run)},
                                     {"attempt", about.attempt.number},
                                     {"nominal", nominal}}}});
}

TransferRequest webhook_request(const AttemptContext& context) {
  const json::object& parameters = context.parameters();
  TransferRequest request{.method = "POST",
                          .url = *text_at(parameters, "url"),
                          .headers = attempt_headers(context),
                          .body = webhook_body(context),
                          .timeout = std::min(kTimeout, context.time_left())};
  // The id is the run's, so that a receiver that has seen it may drop a repeat.
  const std::string id = "msg_" + context.idempotency_key();
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("webhook-id", id);
  request.headers.emplace_back("webhook-timestamp", std::to_string(context.now().unix_ms() / 1000));
  if (const auto secret = text_at(parameters, "secret")) {
    if (const auto key = webhook_key(*secret)) {
      request.headers.emplace_back("webhook-signature",
                                   webhook_signature(*key, id, context.now(), request.body));
    }
  }
  return request;
}

void send_webhook(TransferEngine& engine, const std::shared_ptr<AttemptContext>& context,
                  Conclude conclude) {
  // A redirect would take the signature and the message to a place nobody configured.
  exchange(engine, context, HttpExchange{.request = webhook_request(*context)},
           [conclude = std::move(conclude)](TransferResult result) {
             AttemptEnding ending =
                 result ? ending_of(*result, StatusRules{}) : ending_of(result.error());
             if (std::holds_alternative<Completed>(ending)) {
               ending = Completed{json::object{{"channel", "webhook"}, {"status", result->status}}};
             }
             conclude(std::move(ending));
           });
}

void send_mail(TransferEngine& engine, const SmtpOptions& smtp,
               const std::shared_ptr<AttemptContext>& context, Conclude conclude) {
  const json::object& parameters = context->parameters();
  auto request = mail_transfer(smtp, MailMessage{.to = texts_at(parameters, "to"),
                                                 .subject = *text_at(parameters, "subject"),
                                                 .body = *text_at(parameters, "message"),
                                                 .id = context->idempotency_key(),
                                                 .at = context->now()});
  if (!request) {
    conclude(failure_of(request.error()));
    return;
  }
  const auto receivers = request->mail->to.size();
  exchange(engine, context, HttpExchange{.request = std::move(*request)},
           [receivers, conclude = std::move(conclude)](TransferResult result) {
             if (!result) {
               conclude(ending_of(result.error()));
               return;
             }
             conclude(Completed{json::object{{"channel", "email"}, {"receivers", receivers}}});
           });
}

void start_notification(TransferEngine& engine, const SmtpOptions& smtp,
                        const std::shared_ptr<AttemptContext>& context, Conclude conclude) {
  const std::string channel = *text_at(context->parameters(), "channel");
  if (channel == "webhook") {
    send_webhook(engine, context, std::move(conclude));
  } else if (channel == "email") {
    send_mail(engine, smtp, context, std::move(conclude));
  } else {
    context->log(LogStream::note, *text_at(context->parameters(), "message"));
    conclude(Completed{json::object{{"channel", "log"}}});
  }
}

}  // namespace

TaskType notification_type(const TypeServices& services) {
  TransferEngine& engine = services.transfers;
  return {
      .info = kInfo,
      .handler =
          [&engine, smtp = services.options.smtp](const std::shared_ptr<AttemptContext>& context,
                                                  Conclude conclude) {
            start_notification(engine, smtp, context, std::move(conclude));
          },
      .check =
          [&engine](const json::object& parameters) { return check(engine.guard(), parameters); }};
}

}  // namespace carillon
