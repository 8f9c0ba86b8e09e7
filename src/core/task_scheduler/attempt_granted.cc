#include <algorithm>
#include <utility>

#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/runs.h"
#include "core/task_scheduler/status.h"

namespace carillon {
namespace {

void begin_attempt(TaskStep& step, const TaskDefinition& definition, ActiveRun& run) {
  const Instant now = step.now();
  run.row.status = RunStatus::running;
  run.row.attempt_status = AttemptStatus::running;
  run.row.attempt_started_at = now;
  if (!run.row.started_at) run.row.started_at = now;
  run.start_by.reset();
  run.attempt_end = now + definition.timeouts.attempt;
  if (run.heartbeat) run.silent_until = now + *run.heartbeat;
  step.add_fact(FactType::run_started).run = run.row;
}

AttemptDispatched dispatch_of(const ActiveRun& run, const TaskDefinition& definition,
                              const AttemptGranted& granted, Instant now) {
  const Instant attempt_end = now + definition.timeouts.attempt;
  return {.attempt = {.run = run.row.id, .number = run.row.attempt},
          .fence = run.row.fence,
          .worker = granted.worker,
          .epoch = granted.epoch,
          .claim = granted.claim,
          .lane = definition.lane,
          .name = definition.name,
          .type = definition.type,
          .parameters = definition.parameters,
          .inputs = definition.inputs,
          .trigger = run.row.trigger,
          .slot = run.row.slot,
          .nominal = run.row.nominal,
          .retries = run.row.retries,
          .deadline = run.run_end ? std::min(attempt_end, *run.run_end) : attempt_end,
          .heartbeat = run.heartbeat};
}

}  // namespace

Result<void> attempt_granted(TaskStep& step, const AttemptGranted& granted) {
  TaskState& state = step.state;
  const auto index = find_run(state, granted.fence);
  if (index && state.active_runs[*index].granted) return {};  // Delivered twice.
  if (!index) {
    // Cancelled or timed out while it waited: nobody needs the place.
    const bool stopping = std::ranges::any_of(
        state.stopping, [&](const StoppingAttempt& s) { return s.fence == granted.fence; });
    if (stopping) return {};
    step.send(OperatorName::queue_dispatcher, granted.queue.value(), RecordType::run_released,
              RunReleased{.task = step.task(), .fence = granted.fence});
    return {};
  }
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  ActiveRun& run = state.active_runs[*index];
  run.granted = true;
  run.row.worker = granted.worker.value();
  run.epoch = granted.epoch;
  run.heartbeat = (*definition)->timeouts.heartbeat;
  step.tell_executors(FactType::attempt_dispatched,
                      dispatch_of(run, **definition, granted, step.now()));
  if (granted.claim == Claim::none) {
    begin_attempt(step, **definition, run);
    settle_status(step, **definition);
  }
  return {};
}

Result<void> attempt_started(TaskStep& step, const AttemptStarted& started) {
  TaskState& state = step.state;
  const auto index = find_run(state, started.fence);
  if (!index) return {};
  ActiveRun& run = state.active_runs[*index];
  if (!run.granted || run.row.status != RunStatus::queued) return {};
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  begin_attempt(step, **definition, run);
  step.tell_executors(
      FactType::attempt_claim_answered,
      AttemptClaimAnswered{.attempt = {.run = run.row.id, .number = run.row.attempt},
                           .fence = run.row.fence,
                           .worker = WorkerName{run.row.worker},
                           .epoch = run.epoch,
                           .accepted = true});
  settle_status(step, **definition);
  return {};
}

Result<void> attempt_progress(TaskStep& step, const AttemptProgress& progress) {
  TaskState& state = step.state;
  const auto index = find_run(state, progress.fence);
  if (!index || state.active_runs[*index].row.status != RunStatus::running) return {};
  ActiveRun& run = state.active_runs[*index];
  if (run.heartbeat) run.silent_until = step.now() + *run.heartbeat;
  if (progress.note.empty() || progress.note == run.progress) return {};
  run.progress = progress.note;
  TaskFact& fact = step.add_fact(FactType::attempt_progressed);
  fact.run = run.row;
  fact.detail = progress.note;
  return {};
}

}  // namespace carillon
