#include <utility>

#include <fmt/format.h>

#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/resume.h"
#include "core/task_scheduler/runs.h"
#include "core/task_scheduler/slots.h"
#include "core/task_scheduler/status.h"

namespace carillon {
namespace {

// After the clock jumped forward, living executors get the time of one lease to speak first.
constexpr Duration kLease = Duration::seconds(30);

bool has_passed(const std::optional<Instant>& deadline, Instant now) {
  return deadline && *deadline <= now;
}

void postpone(std::optional<Instant>& deadline, Instant now) {
  if (has_passed(deadline, now)) deadline = now + kLease;
}

void postpone_timeouts(TaskStep& step) {
  for (ActiveRun& run : step.state.active_runs) {
    postpone(run.attempt_end, step.now());
    postpone(run.silent_until, step.now());
    postpone(run.run_end, step.now());
  }
}

Outcome timed_out(std::string code, std::string message) {
  return {.result = {}, .error_code = std::move(code), .error_message = std::move(message)};
}

// Ends the run or its attempt if a deadline has passed. True when it did.
bool act_on_deadlines(TaskStep& step, const TaskDefinition& definition, std::size_t index) {
  ActiveRun& run = step.state.active_runs[index];
  const Instant now = step.now();
  if (has_passed(run.run_end, now)) {
    const bool deadline = run.run_end_is_deadline;
    end_run(step, definition, index,
            {.outcome = timed_out(deadline ? "deadline" : "run-timeout",
                                  deadline ? "The run did not end before its deadline."
                                           : "The run did not end within timeouts.runMs.")});
    return true;
  }
  if (has_passed(run.start_by, now)) {
    end_run(
        step, definition, index,
        {.outcome = timed_out("no-worker-in-time",
                              "No worker started the attempt within timeouts.scheduleToStartMs.")});
    return true;
  }
  const bool silent = has_passed(run.silent_until, now);
  if (!silent && !has_passed(run.attempt_end, now)) return false;
  const std::string code = silent ? "heartbeat-timed-out" : std::string(kTimedOutCode);
  const std::string message = silent
                                  ? "The attempt gave no sign of life within timeouts.heartbeatMs."
                                  : "The attempt did not end within timeouts.attemptMs.";
  stop_attempt(step, run, message);
  end_attempt(step, definition, index,
              {.status = AttemptStatus::timed_out, .outcome = timed_out(code, message)});
  return true;
}

void start_due_retry(TaskStep& step, const TaskDefinition& definition, ActiveRun& run) {
  if (run.row.status != RunStatus::retrying || !has_passed(run.row.next_attempt_at, step.now())) {
    return;
  }
  run.row.retries += 1;
  step.state.retry_count += 1;
  step.state.current_retries = run.row.retries;
  queue_attempt(step, definition, run);
  step.add_fact(FactType::run_created).run = run.row;
}

}  // namespace

Result<void> due(TaskStep& step, const Due& due) {
  TaskState& state = step.state;
  if (state.wake_at != due.at) return {};  // Replaced, or delivered before.
  state.wake_at.reset();
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  if (due.clock_stepped) postpone_timeouts(step);
  for (std::size_t i = state.active_runs.size(); i-- > 0;) {
    if (!act_on_deadlines(step, **definition, i)) {
      start_due_retry(step, **definition, state.active_runs[i]);
    }
  }
  if (state.pause && has_passed(state.pause->until, step.now())) {
    if (auto resumed = resume(step, "pause ended"); !resumed) {
      return fail(std::move(resumed.error()));
    }
  }
  const SlotReason late = due.clock_stepped ? SlotReason::clock_step : SlotReason::busy;
  if (auto settled = settle_slots(step, late); !settled) return fail(std::move(settled.error()));
  settle_status(step, **definition);
  return {};
}

}  // namespace carillon
