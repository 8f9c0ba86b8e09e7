#include "domain/task/validate_definition.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/duration_text.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "domain/cron/cron_parser.h"
#include "domain/limits.h"
#include "domain/task/plan_of.h"

namespace carillon {
namespace {

class Validation {
 public:
  Validation(TaskDefinition& definition, const ZoneSource& zones, Instant now)
      : definition_(definition), zones_(zones), now_(now) {}

  ValidatedDefinition run() && {
    check_texts();
    check_numbers();
    check_timeouts();
    check_retry();
    check_kinds();
    if (found_.errors.empty()) check_zone();
    check_crons();
    if (found_.errors.empty()) check_that_it_fires();
    return std::move(found_);
  }

 private:
  void refuse(std::string pointer, ErrorCode code, std::string message, std::string hint = {}) {
    found_.errors.push_back({.code = code,
                             .message = std::move(message),
                             .hint = std::move(hint),
                             .column = std::nullopt,
                             .pointer = std::move(pointer)});
  }

  void warn(std::string_view code, std::string message, std::string hint) {
    found_.warnings.push_back(
        {.code = std::string(code), .message = std::move(message), .hint = std::move(hint)});
  }

  void check_length(std::string_view pointer, std::string_view text, std::size_t most) {
    if (text.size() <= most) return;
    refuse(std::string(pointer), ErrorCode::invalid_value,
           fmt::format("The text has {} bytes; at most {} are allowed.", text.size(), most));
  }

  void check_texts() {
    const TaskDefinition& d = definition_;
    if (trimmed(d.name).empty()) {
      refuse("/name", ErrorCode::missing_field, "A task needs a name.", R"(Add "name": "…".)");
    }
    check_length("/name", d.name, limits::kNameBytes);
    check_length("/description", d.description, limits::kDescriptionBytes);
    check_length("/createdBy", d.created_by, limits::kNameBytes);
    check_length("/assignedTo", d.assigned_to, limits::kNameBytes);
    check_length("/parameters", d.parameters.text(), limits::kParametersBytes);
    check_queue();
    if (d.tags.size() > limits::kTagCount) {
      refuse("/tags", ErrorCode::invalid_value,
             fmt::format("At most {} tags are allowed.", limits::kTagCount));
    }
    for (std::size_t i = 0; i < d.tags.size() && i < limits::kTagCount; ++i) {
      const std::string& tag = d.tags[i];
      if (!tag.empty() && tag.size() <= limits::kTagBytes) continue;
      const std::string pointer = fmt::format("/tags/{}", i);
      if (tag.empty()) refuse(pointer, ErrorCode::invalid_value, "A tag must not be empty.");
      check_length(pointer, tag, limits::kTagBytes);
    }
  }

  void check_queue() {
    const std::string& queue = definition_.queue.value();
    const bool letters = std::ranges::all_of(queue, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_' || c == '.';
    });
    if (!queue.empty() && letters && queue.size() <= limits::kQueueNameBytes) return;
    refuse("/queue", ErrorCode::invalid_value, "That is not a queue name.",
           fmt::format("Use 1 to {} letters, digits, '-', '_' or '.'.", limits::kQueueNameBytes));
  }

  void check_range(std::string_view pointer, std::int64_t value, std::int64_t least,
                   std::int64_t most) {
    if (value >= least && value <= most) return;
    refuse_range(std::string(pointer), fmt::format("{}", value), fmt::format("{}", least),
                 fmt::format("{}", most));
  }

  void refuse_range(std::string pointer, const std::string& value, const std::string& least,
                    const std::string& most) {
    std::string name = pointer.substr(1);
    std::ranges::replace(name, '/', '.');
    refuse(std::move(pointer), ErrorCode::invalid_value,
           fmt::format("{} is {}, which is outside {} to {}.", name, value, least, most));
  }

  void check_numbers() {
    const TaskDefinition& d = definition_;
    check_range("/maxRetries", d.max_retries, 0, limits::kMaxRetries);
    check_range("/retryDelayMs", d.retry_delay.ms(), 0, limits::kRetryDelayMax.ms());
    check_range("/priority", d.priority, 0, limits::kPriorityMax);
    check_range("/jitterMs", d.jitter.ms(), 0, limits::kJitterMax.ms());
    check_range("/misfireAfterMs", d.misfire_after.ms(), limits::kMisfireAfterMin.ms(),
                limits::kMisfireAfterMax.ms());
    check_range("/bufferLimit", d.buffer_limit, 1, 1'000);
    check_range("/catchUpLimit", d.catch_up_limit, 1, 10'000);
    if (d.max_runs) check_range("/maxRuns", static_cast<std::int64_t>(*d.max_runs), 1, INT64_MAX);
  }

  void check_timeout(std::string_view name, const std::optional<Duration>& timeout) {
    if (timeout) {
      check_range(fmt::format("/timeouts/{}", name), timeout->ms(), 1, limits::kTimeoutMax.ms());
    }
  }

  void check_timeouts() {
    const Timeouts& t = definition_.timeouts;
    check_timeout("scheduleToStartMs", t.schedule_to_start);
    check_timeout("attemptMs", t.attempt);
    check_timeout("heartbeatMs", t.heartbeat);
    check_timeout("runMs", t.run);
    check_timeout("deadlineMs", t.deadline);
  }

  void check_retry() {
    const RetryPolicy& retry = definition_.retry;
    check_range("/retry/factor", retry.factor_thousandths, 1'000, 100'000);
    if (retry.max_delay) {
      check_range("/retry/maxDelayMs", retry.max_delay->ms(), 0, limits::kRetryDelayMax.ms());
    }
  }

  void check_kinds() {
    const ScheduleSpec& s = definition_.schedule;
    std::vector<std::string_view> kinds;
    if (!s.cron_expression.empty()) kinds.push_back("cronExpression");
    if (!s.crons.empty()) kinds.push_back("crons");
    if (s.every) kinds.push_back("every");
    if (s.run_at) kinds.push_back("runAt");
    if (kinds.size() > 1) {
      refuse(fmt::format("/{}", kinds[1]), ErrorCode::schedule_conflict,
             fmt::format("{} and {} cannot stand together.", kinds[0], kinds[1]),
             fmt::format("Keep one of them; set the other to null."));
    }
    if (s.every && (*s.every < limits::kEveryMin || *s.every > limits::kEveryMax)) {
      refuse_range("/every", to_iso_text(*s.every), to_iso_text(limits::kEveryMin),
                   to_iso_text(limits::kEveryMax));
    }
    if (s.start_at && s.end_at && *s.end_at < *s.start_at) {
      refuse("/endAt", ErrorCode::invalid_value, "endAt lies before startAt.");
    }
    if (s.crons.size() > limits::kCronCount) {
      refuse("/crons", ErrorCode::invalid_value,
             fmt::format("At most {} expressions are allowed.", limits::kCronCount));
    }
    if (s.run_at && *s.run_at < now_ - limits::kRunAtGrace) {
      refuse("/runAt", ErrorCode::run_at_past,
             fmt::format("runAt {} lies in the past.", to_rfc3339(*s.run_at)),
             "To run it now, leave runAt out and use POST /api/v1/tasks/{id}/run.");
    }
  }

  void check_zone() {
    const std::string& zone = definition_.schedule.time_zone;
    if (zones_.find(zone, {}) == nullptr) {
      Error error = unknown_zone(zone, zones_.names());
      error.pointer = "/timeZone";
      found_.errors.push_back(std::move(error));
    } else if (is_zone_without_dst(zone)) {
      warn("zone-without-dst", fmt::format("{} never follows daylight saving.", zone),
           "Name a place instead, such as America/New_York.");
    }
  }

  void check_crons() {
    ScheduleSpec& s = definition_.schedule;
    if (!s.has_cron() || s.crons.size() > limits::kCronCount) return;
    const bool single = !s.cron_expression.empty();
    const auto parsed = parse_crons(cron_texts(s), s.cron_dialect);
    if (parsed) {
      s.cron_dialect = parsed->dialect;
      for (const auto& warnings : parsed->warnings) {
        for (const CronWarning& w : warnings) warn(word_of(w.code), w.message, w.hint);
      }
      return;
    }
    for (const CronListFault& text : parsed.error()) {
      for (const CronFault& fault : text.faults) {
        Error error = to_error(fault);
        error.pointer = single ? "/cronExpression" : fmt::format("/crons/{}", text.index);
        found_.errors.push_back(std::move(error));
      }
    }
  }

  void check_that_it_fires() {
    ScheduleSpec& s = definition_.schedule;
    if (s.cron_dialect == CronDialect::auto_detect) s.cron_dialect = CronDialect::spring;
    if (!s.is_recurring()) return;
    const auto plan =
        plan_of(s, {.armed_at = now_, .run_at = std::nullopt, .fingerprint = {}}, zones_);
    if (!plan) {
      found_.errors.push_back(plan.error());
    } else if (!plan->next_running(now_)) {
      refuse(s.every ? "/every" : (s.crons.empty() ? "/cronExpression" : "/crons"),
             ErrorCode::schedule_never_fires, "The schedule has no slot after now.",
             "Check endAt and the year field.");
    }
  }

  TaskDefinition& definition_;
  const ZoneSource& zones_;
  Instant now_;
  ValidatedDefinition found_;
};

}  // namespace

ValidatedDefinition validate_definition(TaskDefinition& definition, const ZoneSource& zones,
                                        Instant now) {
  return Validation(definition, zones, now).run();
}

}  // namespace carillon
