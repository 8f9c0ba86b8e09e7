#include <algorithm>
#include <utility>

#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/runs.h"
#include "core/task_scheduler/status.h"

namespace carillon {
namespace {

// An executor that sees the deadline first says what the core would have said a moment later.
AttemptStatus failed_status(const Outcome& outcome) {
  return outcome.error_code == kTimedOutCode ? AttemptStatus::timed_out : AttemptStatus::failed;
}

AttemptEnd end_of(const AttemptFinished& finished) {
  const Outcome& outcome = finished.outcome;
  switch (finished.kind) {
    case FinishKind::completed:
      return {.status = AttemptStatus::completed, .outcome = outcome};
    case FinishKind::failed:
      return {.status = failed_status(outcome), .outcome = outcome};
    case FinishKind::failed_for_good:
      return {.status = failed_status(outcome), .retryable = false, .outcome = outcome};
    case FinishKind::cancelled:
      return {.status = AttemptStatus::cancelled, .retryable = false, .outcome = outcome};
  }
  std::unreachable();
}

// An attempt that was told to stop has ended: its place is free, its result is refused and
// recorded.
bool conclude_stopping(TaskStep& step, Fence fence) {
  auto& stopping = step.state.stopping;
  const auto at = std::ranges::find(stopping, fence, &StoppingAttempt::fence);
  if (at == stopping.end()) return false;
  const StoppingAttempt attempt = *at;
  stopping.erase(at);
  step.send(OperatorName::queue_dispatcher, attempt.queue.value(), RecordType::run_released,
            RunReleased{.task = step.task(), .fence = fence});
  step.add_fact(FactType::late_result_refused).detail = to_text(attempt.attempt);
  return true;
}

}  // namespace

Result<void> attempt_finished(TaskStep& step, const AttemptFinished& finished) {
  TaskState& state = step.state;
  if (conclude_stopping(step, finished.fence)) return {};
  const auto index = find_run(state, finished.fence);
  if (!index || state.active_runs[*index].row.status != RunStatus::running) return {};
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  end_attempt(step, **definition, *index, end_of(finished));
  settle_status(step, **definition);
  return {};
}

Result<void> attempt_lost(TaskStep& step, const AttemptLost& lost) {
  TaskState& state = step.state;
  const auto stopping = std::ranges::find(state.stopping, lost.fence, &StoppingAttempt::fence);
  if (stopping != state.stopping.end()) {
    state.stopping.erase(stopping);
    return {};
  }
  const auto index = find_run(state, lost.fence);
  if (!index || !state.active_runs[*index].granted) return {};
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  state.active_runs[*index].granted = false;  // The queue has given the place up already.
  end_attempt(step, **definition, *index,
              {.status = AttemptStatus::lost,
               .outcome = {.error_code = "lost", .error_message = lost.reason}});
  settle_status(step, **definition);
  return {};
}

}  // namespace carillon
