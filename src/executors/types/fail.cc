#include "executors/types/fail.h"

#include <limits>

#include "executors/parameters.h"

namespace carillon {
namespace {

constexpr TypeInfo kInfo{
    .name = "fail",
    .lane = Lane::instant,
    .summary = "Fails on purpose, to see retries and alerts at work.",
    .parameter_schema = R"({"type": "object", "properties": {
      "message": {"type": "string", "default": "This task fails on purpose.",
        "description": "the error message of a failing attempt"},
      "retryable": {"type": "boolean", "default": true,
        "description": "false ends the run at once, whatever maxRetries says"},
      "failTimes": {"type": "integer", "minimum": 0, "maximum": 1000000,
        "description": "how many attempts of a run fail before one succeeds; absent means all"}}})",
    .example = R"({"name": "flaky", "maxRetries": 3, "retryDelayMs": 200,
      "parameters": {"type": "fail", "failTimes": 2}})",
};

AttemptEnding run_fail(AttemptContext& context) {
  const auto& parameters = context.parameters();
  const std::uint32_t attempt = context.about().attempt.number;
  const std::int64_t fail_times =
      number_at(parameters, "failTimes").value_or(std::numeric_limits<std::int64_t>::max());
  if (attempt > fail_times) return Completed{boost::json::object{{"attempt", attempt}}};
  return Failed{.code = "failed-on-purpose",
                .message = text_at(parameters, "message").value_or(""),
                .repeat = is_set(parameters, "retryable") ? Repeat::may_help : Repeat::useless};
}

}  // namespace

TaskType fail_type() { return {.info = kInfo, .handler = &run_fail}; }

}  // namespace carillon
