// What a user says about a task: what to run, when, and what to do when it fails. Values.
//
// The rows are the JSON names of the API and the numbers of the stored form, in one table. Bounds:
// domain/limits.h. Meaning of the time fields: docs/internals/time.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "base/instant.h"
#include "base/json_text.h"
#include "domain/cron/cron_dialect.h"
#include "domain/id/ids.h"
#include "domain/limits.h"
#include "domain/plan/dst_policy.h"
#include "domain/policy/policy_words.h"
#include "domain/workflow/workflow_spec.h"

namespace carillon {

struct RetryPolicy {
  Backoff backoff = Backoff::fixed;
  std::uint32_t factor_thousandths = 2000;  // Growth per retry of `exponential`, in 1/1000.
  std::optional<Duration> max_delay;        // Cap; none means the larger of 1 h and the base delay.
  RetryJitter jitter = RetryJitter::none;
  std::vector<std::string> non_retryable;  // Error codes that end the run at once.

  friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "backoff", &RetryPolicy::backoff},
                      Field{2, "factorThousandths", &RetryPolicy::factor_thousandths},
                      Field{3, "maxDelayMs", &RetryPolicy::max_delay},
                      Field{4, "jitter", &RetryPolicy::jitter},
                      Field{5, "nonRetryable", &RetryPolicy::non_retryable}};
  }
};

struct Timeouts {
  std::optional<Duration> schedule_to_start;  // Attempt ready to attempt started.
  Duration attempt = Duration::hours(1);      // Attempt started to finished.
  std::optional<Duration> heartbeat;          // One sign of life to the next.
  std::optional<Duration> run;                // Run created to final, waits included.
  std::optional<Duration> deadline;           // Slot due (or request) to final.

  friend bool operator==(const Timeouts&, const Timeouts&) = default;
  static constexpr auto fields() {
    return std::tuple{
        Field{1, "scheduleToStartMs", &Timeouts::schedule_to_start},
        Field{2, "attemptMs", &Timeouts::attempt}, Field{3, "heartbeatMs", &Timeouts::heartbeat},
        Field{4, "runMs", &Timeouts::run}, Field{5, "deadlineMs", &Timeouts::deadline}};
  }
};

// The fields that decide at which instants a task is due. A change of one of them while the task is
// armed begins a new generation.
struct ScheduleSpec {
  std::string cron_expression;
  std::vector<std::string> crons;
  CronDialect cron_dialect = CronDialect::spring;  // Stored resolved, never `auto`.
  std::string time_zone = "UTC";
  std::optional<Duration> every;
  std::optional<Instant> run_at;
  std::optional<Instant> start_at;
  std::optional<Instant> end_at;
  std::optional<DstGap> dst_gap;  // None means the dialect's default.
  std::optional<DstOverlap> dst_overlap;

  friend bool operator==(const ScheduleSpec&, const ScheduleSpec&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "cronExpression", &ScheduleSpec::cron_expression},
                      Field{2, "crons", &ScheduleSpec::crons},
                      Field{3, "cronDialect", &ScheduleSpec::cron_dialect},
                      Field{4, "timeZone", &ScheduleSpec::time_zone},
                      Field{5, "every", &ScheduleSpec::every},
                      Field{6, "runAt", &ScheduleSpec::run_at},
                      Field{7, "startAt", &ScheduleSpec::start_at},
                      Field{8, "endAt", &ScheduleSpec::end_at},
                      Field{9, "dstGap", &ScheduleSpec::dst_gap},
                      Field{10, "dstOverlap", &ScheduleSpec::dst_overlap}};
  }

  [[nodiscard]] bool has_cron() const { return !cron_expression.empty() || !crons.empty(); }
  [[nodiscard]] bool is_recurring() const { return has_cron() || every.has_value(); }
};

// The step of a workflow that a task was made for.
struct TaskParent {
  RunId workflow_run;
  std::string step;

  friend bool operator==(const TaskParent&, const TaskParent&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "workflowRun", &TaskParent::workflow_run},
                      Field{2, "step", &TaskParent::step}};
  }
};

struct TaskDefinition {
  static constexpr unsigned char kSchemaVersion = 1;

  std::string name;
  std::string description;
  ScheduleSpec schedule;
  std::optional<std::uint64_t> max_runs;
  Overlap overlap = Overlap::skip;
  std::uint32_t buffer_limit = 100;
  Misfire misfire = Misfire::run_latest;
  Duration misfire_after = Duration::minutes(1);
  std::uint32_t catch_up_limit = 100;
  std::optional<Duration> catch_up_window;
  Duration jitter;
  std::vector<std::string> calendars;
  QueueName queue{"default"};
  std::uint32_t priority = limits::kPriorityDefault;  // 0..9, 9 first.
  std::vector<std::string> tags;
  Timeouts timeouts;
  RetryPolicy retry;
  OnLost on_lost = OnLost::rerun;
  std::uint32_t max_lost = 3;  // Re-runs of lost attempts per run.
  bool pause_on_failure = false;
  std::uint32_t max_retries = 0;
  Duration retry_delay = Duration::seconds(1);
  std::string created_by;
  std::string assigned_to;
  std::string type = "noop";  // parameters.type, resolved when the definition was accepted.
  Lane lane = Lane::cpu;
  JsonText parameters;
  std::optional<WorkflowSpec> workflow;  // Present exactly when lane is workflow.
  std::optional<TaskParent> parent;
  JsonText inputs;  // For a step: the results of the steps it depends on, by name.

  friend bool operator==(const TaskDefinition&, const TaskDefinition&) = default;
  static constexpr auto fields() {
    using D = TaskDefinition;
    return std::tuple{
        Field{1, "name", &D::name},
        Field{2, "description", &D::description},
        Field{3, "schedule", &D::schedule},
        Field{4, "maxRuns", &D::max_runs},
        Field{5, "overlap", &D::overlap},
        Field{6, "bufferLimit", &D::buffer_limit},
        Field{7, "misfire", &D::misfire},
        Field{8, "misfireAfterMs", &D::misfire_after},
        Field{9, "catchUpLimit", &D::catch_up_limit},
        Field{10, "catchUpWindowMs", &D::catch_up_window},
        Field{11, "jitterMs", &D::jitter},
        Field{12, "calendars", &D::calendars},
        Field{13, "queue", &D::queue},
        Field{14, "priority", &D::priority},
        Field{15, "tags", &D::tags},
        Field{16, "timeouts", &D::timeouts},
        Field{17, "retry", &D::retry},
        Field{18, "onLost", &D::on_lost},
        Field{19, "maxLost", &D::max_lost},
        Field{20, "pauseOnFailure", &D::pause_on_failure},
        Field{21, "maxRetries", &D::max_retries},
        Field{22, "retryDelayMs", &D::retry_delay},
        Field{23, "createdBy", &D::created_by},
        Field{24, "assignedTo", &D::assigned_to},
        Field{25, "type", &D::type},
        Field{26, "lane", &D::lane},
        Field{27, "parameters", &D::parameters},
        Field{28, "workflow", &D::workflow},
        Field{29, "parent", &D::parent},
        Field{30, "inputs", &D::inputs},
    };
  }
};

}  // namespace carillon
