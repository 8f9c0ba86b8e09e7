#include "executors/types/sleep.h"

#include <fmt/format.h>

#include "executors/parameters.h"

namespace carillon {
namespace {

constexpr TypeInfo kInfo{
    .name = "sleep",
    .lane = Lane::blocking,
    .summary = "Waits for a while; can fail its first attempts.",
    .parameter_schema = R"({"type": "object", "properties": {
      "durationMs": {"type": "integer", "minimum": 0, "maximum": 2592000000, "default": 0,
        "description": "how long to wait, in milliseconds"},
      "failTimes": {"type": "integer", "minimum": 0, "maximum": 1000000, "default": 0,
        "description": "how many attempts of a run fail before one succeeds"}}})",
    .example = R"({"name": "nap", "parameters": {"type": "sleep", "durationMs": 1500}})",
};

AttemptEnding run_sleep(AttemptContext& context) {
  const std::int64_t duration_ms = number_at(context.parameters(), "durationMs").value_or(0);
  const std::int64_t fail_times = number_at(context.parameters(), "failTimes").value_or(0);
  if (context.stop().wait_for(Duration::milliseconds(duration_ms))) {
    return Cancelled{"Stopped while it slept."};
  }
  const std::uint32_t attempt = context.about().attempt.number;
  if (attempt <= fail_times) {
    return Failed{.code = "failed-on-purpose",
                  .message = fmt::format("Attempt {} of {} that fail.", attempt, fail_times)};
  }
  return Completed{boost::json::object{{"sleptMs", duration_ms}, {"attempt", attempt}}};
}

}  // namespace

TaskType sleep_type() { return {.info = kInfo, .handler = &run_sleep}; }

}  // namespace carillon
