#include "executors/types/report.h"

#include <future>
#include <utility>

#include "base/rfc3339.h"
#include "executors/ending_report.h"
#include "executors/executor_options.h"
#include "executors/files/sandboxed_files.h"
#include "executors/net/http_exchange.h"
#include "executors/net/mail_delivery.h"
#include "executors/parameters.h"
#include "executors/types/report_text.h"

namespace carillon {
namespace json = boost::json;
namespace {

constexpr TypeInfo kInfo{
    .name = "report",
    .lane = Lane::blocking,
    .summary = "Summarises tasks, runs and punctuality over a period.",
    .parameter_schema = R"({"type": "object", "properties": {
      "period": {"type": "string", "default": "PT24H",
        "description": "an ISO 8601 duration that ends at the slot, or now for a run by hand"},
      "format": {"enum": ["json", "csv", "html", "markdown"], "default": "json",
        "description": "json, csv, html or markdown"},
      "output": {"type": "string", "minLength": 1,
        "description": "a file below executors.data-root"},
      "email": {"anyOf": [{"type": "string"},
          {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 50}],
        "description": "one or more mail addresses"}}})",
    .example = R"({"name": "daily report", "cronExpression": "0 0 7 * * *",
      "parameters": {"type": "report", "format": "markdown", "output": "reports/today.md"}})",
};

Result<void> check(const json::object& parameters) {
  const auto period = duration_at(parameters, "period");
  if (!period) return std::unexpected(period.error());
  if (*period && **period <= Duration{}) {
    return bad_parameter("period", "The period is empty.", "Write for example PT24H or P7D.");
  }
  for (const std::string& address : texts_at(parameters, "email")) {
    if (auto checked = check_mail_address(address); !checked) {
      return bad_parameter("email", checked.error().message, checked.error().hint);
    }
  }
  return {};
}

ReportFormat format_of(const json::object& parameters) {
  const std::string word = *text_at(parameters, "format");
  if (word == "csv") return ReportFormat::csv;
  if (word == "html") return ReportFormat::html;
  if (word == "markdown") return ReportFormat::markdown;
  return ReportFormat::json;
}

// A catch-up run reports on the day it was meant for, not on the day it came to run.
ReportPeriod period_of(const AttemptContext& context) {
  const Instant to = context.about().nominal.value_or(context.now());
  const auto length = duration_at(context.parameters(), "period");
  return {.from = to - length.value().value(), .to = to};
}

Result<void> write_file(const SandboxedFiles& files, const std::string& path,
                        std::string_view text) {
  auto file = files.write(path);
  if (!file) return std::unexpected(std::move(file.error()));
  if (auto written = file->write(text); !written) return written;
  return file->commit();
}

class Reporting {
 public:
  Reporting(AttemptContext& context, const TypeServices& services)
      : context_(context), services_(services) {}

  AttemptEnding run() {
    const ReportPeriod period = period_of(context_);
    const auto figures = services_.statistics.figures(period.from, period.to);
    if (!figures) return failure_of(figures.error());
    const json::object& parameters = context_.parameters();
    const ReportFormat format = format_of(parameters);
    const std::string text = report_text(*figures, period, format);
    json::object result = report_json(*figures, period);
    if (const auto output = text_at(parameters, "output")) {
      if (auto written = write_file(services_.files, *output, text); !written) {
        return failure_of(written.error());
      }
      result["output"] = *output;
    } else if (format != ReportFormat::json && !parameters.contains("email")) {
      result["text"] = text;
    }
    if (auto to = texts_at(parameters, "email"); !to.empty()) {
      if (auto failure = mail(std::move(to), text, format)) return std::move(*failure);
      result["mailed"] = true;
    }
    return Completed{std::move(result)};
  }

 private:
  // Waits for the delivery: a blocking lane is made for waiting.
  std::optional<AttemptEnding> mail(std::vector<std::string> to, const std::string& text,
                                    ReportFormat format) {
    auto request =
        mail_transfer(services_.options.smtp,
                      MailMessage{.to = std::move(to),
                                  .subject = "carillon report: " + context_.about().task_name,
                                  .content_type = std::string(content_type(format)),
                                  .body = text,
                                  .id = context_.idempotency_key(),
                                  .at = context_.now()});
    if (!request) return failure_of(request.error());
    if (context_.stop().asked()) return Cancelled{"The report was stopped before it was sent."};
    const auto delivered = std::make_shared<std::promise<TransferResult>>();
    TransferEngine& engine = services_.transfers;
    const TransferId id = engine.submit(std::move(*request), [delivered](TransferResult result) {
      delivered->set_value(std::move(result));
    });
    context_.stop().react([&engine, id](StopStage) { engine.abort(id); });
    const TransferResult result = delivered->get_future().get();
    if (!result) return ending_of(result.error());
    return std::nullopt;
  }

  AttemptContext& context_;
  const TypeServices& services_;
};

}  // namespace

TaskType report_type(const TypeServices& services) {
  return {.info = kInfo,
          .handler = [services](AttemptContext& context) -> AttemptEnding {
            return Reporting(context, services).run();
          },
          .check = &check};
}

}  // namespace carillon
