#include "core/task_scheduler/runs.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "domain/id/derived_ids.h"
#include "domain/policy/retry_delay.h"
#include "domain/record/workflow_records.h"
#include "domain/words.h"

namespace carillon {
namespace {

// Told to stop and not heard of since. More than these cannot be remembered for one task; the
// oldest place is then given back although its handler may still work.
constexpr std::size_t kStoppingMax = 16;

void begin_workflow(TaskStep& step, const TaskDefinition& definition, ActiveRun& run) {
  run.row.status = RunStatus::running;
  run.row.attempt_status = AttemptStatus::running;
  run.row.started_at = step.now();
  run.row.attempt_started_at = step.now();
  step.send(OperatorName::workflow_orchestrator, workflow_key(run.row.id),
            RecordType::workflow_started,
            WorkflowStarted{.run = run.row.id,
                            .fence = run.row.fence,
                            .spec = definition.workflow.value_or(WorkflowSpec{}),
                            .queue = definition.queue,
                            .priority = definition.priority,
                            .name = definition.name,
                            .created_by = definition.created_by});
}

void set_run_end(ActiveRun& run, const TaskDefinition& definition) {
  const Timeouts& limits = definition.timeouts;
  if (limits.run) run.run_end = run.row.created_at + *limits.run;
  if (!limits.deadline) return;
  const Instant deadline = run.row.due.value_or(run.row.created_at) + *limits.deadline;
  if (!run.run_end || deadline < *run.run_end) {
    run.run_end = deadline;
    run.run_end_is_deadline = true;
  }
}

bool may_retry(const TaskDefinition& definition, const ActiveRun& run, const AttemptEnd& end) {
  if (!end.retryable || end.status == AttemptStatus::cancelled) return false;
  if (run.row.retries >= definition.max_retries) return false;
  const std::vector<std::string>& for_good = definition.retry.non_retryable;
  return std::ranges::find(for_good, end.outcome.error_code) == for_good.end();
}

void clear_attempt_deadlines(ActiveRun& run) {
  run.start_by.reset();
  run.attempt_end.reset();
  run.silent_until.reset();
}

// Plans the retry, or fails the run at once when the retry could not start in time.
void plan_retry(TaskStep& step, const TaskDefinition& definition, std::size_t index) {
  ActiveRun& run = step.state.active_runs[index];
  const std::uint32_t retry = run.row.retries + 1;
  run.last_delay = retry_delay(definition.retry,
                               {.run = run.row.id,
                                .retry = retry,
                                .base = definition.retry_delay,
                                .previous = retry == 1 ? definition.retry_delay : run.last_delay});
  const Instant at = step.now() + run.last_delay;
  if (run.run_end && at >= *run.run_end) {
    Outcome outcome = run.row.outcome;
    outcome.error_message = fmt::format("{} (no retry: it would start after the run's deadline)",
                                        outcome.error_message);
    outcome.error_code = "retry-beyond-deadline";
    end_run(step, definition, index, {.outcome = std::move(outcome)});
    return;
  }
  run.row.status = RunStatus::retrying;
  run.row.next_attempt_at = at;
  step.add_fact(FactType::run_retrying).run = run.row;
}

// A lost attempt is run again without using up a retry, a bounded number of times.
bool rerun_lost(TaskStep& step, const TaskDefinition& definition, ActiveRun& run) {
  if (definition.on_lost == OnLost::fail || run.lost >= definition.max_lost) return false;
  ++run.lost;
  step.add_fact(FactType::attempt_lost).run = run.row;
  queue_attempt(step, definition, run);
  step.add_fact(FactType::run_created).run = run.row;
  return true;
}

FactType fact_of(RunStatus status) {
  switch (status) {
    case RunStatus::completed:
      return FactType::run_completed;
    case RunStatus::cancelled:
      return FactType::run_cancelled;
    case RunStatus::failed:
    case RunStatus::queued:
    case RunStatus::running:
    case RunStatus::retrying:
      return FactType::run_failed;
  }
  std::unreachable();
}

void notify_about(TaskStep& step, const TaskDefinition& definition, const RunRow& row,
                  const std::optional<LastRun>& before) {
  const bool failed_before = before && before->status == RunStatus::failed;
  if (row.status == RunStatus::failed) {
    step.notify(NotificationKind::run_failed, fmt::format("{} failed", definition.name),
                row.outcome.error_message);
  } else if (row.status == RunStatus::completed && failed_before) {
    step.notify(NotificationKind::recovered, fmt::format("{} works again", definition.name), "");
  }
}

// A task that is a step of a workflow tells the workflow how it ended.
void tell_parent(TaskStep& step, const TaskDefinition& definition, const RunRow& row) {
  if (!definition.parent) return;
  step.send(OperatorName::workflow_orchestrator, workflow_key(definition.parent->workflow_run),
            RecordType::step_finished,
            StepFinished{.step = definition.parent->step,
                         .task = step.task(),
                         .status = row.status,
                         .outcome = row.outcome});
}

// Moves a final run from the active ones to lastRun and tells everybody.
void conclude(TaskStep& step, const TaskDefinition& definition, std::size_t index) {
  TaskState& state = step.state;
  const std::optional<LastRun> before = state.last_run;
  RunRow row = std::move(state.active_runs[index].row);
  state.active_runs.erase(state.active_runs.begin() + static_cast<std::ptrdiff_t>(index));
  state.last_run = LastRun{.run = row.id,
                           .slot = row.slot,
                           .status = row.status,
                           .started_at = row.started_at,
                           .ended_at = row.ended_at,
                           .attempts = row.attempt};
  step.set_outcome(row.outcome);
  notify_about(step, definition, row, before);
  tell_parent(step, definition, row);
  const bool pauses = row.status == RunStatus::failed && definition.pause_on_failure;
  TaskFact& ended = step.add_fact(fact_of(row.status));
  ended.run = std::move(row);
  ended.task_type = definition.type;
  if (pauses && !state.pause && state.schedule.armed) {
    state.paused_by_failure = true;
    state.pause =
        PauseNote{.reason = "The last run failed.", .by = "pauseOnFailure", .at = step.now()};
    step.add_fact(FactType::task_paused).detail = state.pause->reason;
  }
}

}  // namespace

std::optional<std::size_t> find_run(const TaskState& state, Fence fence) {
  for (std::size_t i = 0; i < state.active_runs.size(); ++i) {
    const RunRow& row = state.active_runs[i].row;
    const bool has_attempt = row.status == RunStatus::queued || row.status == RunStatus::running;
    if (row.fence == fence && has_attempt) return i;
  }
  return std::nullopt;
}

void queue_attempt(TaskStep& step, const TaskDefinition& definition, ActiveRun& run) {
  TaskState& state = step.state;
  state.last_fence = Fence{state.last_fence.value() + 1};
  run.row.fence = state.last_fence;
  run.row.attempt += 1;
  run.row.status = RunStatus::queued;
  run.row.attempt_status = AttemptStatus::queued;
  run.row.attempt_started_at.reset();
  run.row.next_attempt_at.reset();
  run.row.worker.clear();
  run.granted = false;
  run.progress.clear();
  run.queue = definition.queue;
  clear_attempt_deadlines(run);
  if (definition.lane == Lane::workflow) {
    begin_workflow(step, definition, run);
    return;
  }
  if (definition.timeouts.schedule_to_start) {
    run.start_by = step.now() + *definition.timeouts.schedule_to_start;
  }
  step.send(OperatorName::queue_dispatcher, run.queue.value(), RecordType::run_ready,
            RunReady{.task = step.task(),
                     .fence = run.row.fence,
                     .lane = definition.lane,
                     .priority = definition.priority});
}

TaskFact& start_run(TaskStep& step, const TaskDefinition& definition, const NewRun& request,
                    FactType type) {
  TaskState& state = step.state;
  state.runs_created += 1;
  state.current_retries = 0;
  state.schedule.one_shot_skipped = false;  // What this run brings counts from now on.
  ActiveRun& run = state.active_runs.emplace_back();
  run.row = {.id = {.task = step.task(), .number = state.runs_created},
             .trigger = request.trigger,
             .slot = request.slot,
             .nominal = request.nominal,
             .due = request.due,
             .created_at = step.now()};
  set_run_end(run, definition);
  queue_attempt(step, definition, run);
  TaskFact& fact = step.add_fact(type);
  fact.run = run.row;
  return fact;
}

void release_place(TaskStep& step, ActiveRun& run) {
  if (!run.granted) return;
  run.granted = false;
  step.send(OperatorName::queue_dispatcher, run.queue.value(), RecordType::run_released,
            RunReleased{.task = step.task(), .fence = run.row.fence});
}

void stop_attempt(TaskStep& step, ActiveRun& run, std::string_view reason) {
  TaskState& state = step.state;
  const AttemptId attempt{.run = run.row.id, .number = run.row.attempt};
  step.tell_executors(FactType::attempt_stop_requested,
                      AttemptStopRequested{.attempt = attempt,
                                           .fence = run.row.fence,
                                           .worker = WorkerName{run.row.worker},
                                           .epoch = run.epoch,
                                           .reason = std::string(reason)});
  state.stopping.push_back({.attempt = attempt, .fence = run.row.fence, .queue = run.queue});
  run.granted = false;
  if (state.stopping.size() <= kStoppingMax) return;
  const StoppingAttempt oldest = state.stopping.front();
  state.stopping.erase(state.stopping.begin());
  step.send(OperatorName::queue_dispatcher, oldest.queue.value(), RecordType::run_released,
            RunReleased{.task = step.task(), .fence = oldest.fence});
}

void end_attempt(TaskStep& step, const TaskDefinition& definition, std::size_t index,
                 const AttemptEnd& end) {
  ActiveRun& run = step.state.active_runs[index];
  run.row.attempt_status = end.status;
  run.row.outcome = end.outcome;
  clear_attempt_deadlines(run);
  release_place(step, run);
  switch (end.status) {
    case AttemptStatus::completed:
      end_run(step, definition, index, {RunStatus::completed, end.outcome});
      return;
    case AttemptStatus::cancelled:
      end_run(step, definition, index, {RunStatus::cancelled, end.outcome});
      return;
    case AttemptStatus::lost:
      if (rerun_lost(step, definition, run)) return;
      if (definition.on_lost == OnLost::fail) break;
      [[fallthrough]];
    case AttemptStatus::failed:
    case AttemptStatus::timed_out:
    case AttemptStatus::queued:
    case AttemptStatus::running:
      if (!may_retry(definition, run, end)) break;
      plan_retry(step, definition, index);
      return;
  }
  end_run(step, definition, index, {RunStatus::failed, end.outcome});
}

void end_run(TaskStep& step, const TaskDefinition& definition, std::size_t index, RunEnd end) {
  ActiveRun& run = step.state.active_runs[index];
  const bool attempt_runs = run.row.attempt_status == AttemptStatus::running;
  if (run.granted) {
    stop_attempt(step, run, end.outcome.error_message);
  } else if (run.row.status == RunStatus::queued) {
    step.send(OperatorName::queue_dispatcher, run.queue.value(), RecordType::run_withdrawn,
              RunWithdrawn{.task = step.task(), .fence = run.row.fence});
  } else if (attempt_runs) {
    // What runs without a place is a workflow.
    step.send(OperatorName::workflow_orchestrator, workflow_key(run.row.id),
              RecordType::workflow_cancelled,
              WorkflowCancelled{.reason = end.outcome.error_message});
  }
  clear_attempt_deadlines(run);
  run.row.status = end.status;
  if (attempt_runs || run.row.attempt_status == AttemptStatus::queued) {
    run.row.attempt_status =
        end.status == RunStatus::failed ? AttemptStatus::failed : AttemptStatus::cancelled;
  }
  run.row.ended_at = step.now();
  run.row.next_attempt_at.reset();
  run.row.outcome = std::move(end.outcome);
  conclude(step, definition, index);
}

}  // namespace carillon
