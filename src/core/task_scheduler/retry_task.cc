#include <utility>

#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/runs.h"
#include "core/task_scheduler/status.h"

namespace carillon {

// A new run for the slot of the failed one, at once and with a fresh budget.
Result<TaskAnswer> retry_task(TaskStep& step, const RetryTask& command) {
  TaskState& state = step.state;
  const bool last_failed = state.last_run && state.last_run->status == RunStatus::failed;
  const bool may_retry =
      state.active_runs.empty() && last_failed &&
      (state.status == TaskStatus::failed || state.status == TaskStatus::scheduled ||
       state.status == TaskStatus::paused || state.status == TaskStatus::completed);
  if (!may_retry) {
    Error refusal = illegal_transition(state.status, "be retried: no failed run is at rest");
    refusal.hint = "To run it anyway, use POST /api/v1/tasks/{id}/run.";
    return fail(std::move(refusal));
  }
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  state.retry_count += 1;
  NewRun request{.trigger = RunTrigger::retry, .slot = state.last_run->slot};
  if (request.slot) request.nominal = request.slot->nominal;
  TaskFact& fact = start_run(step, **definition, request, FactType::run_created);
  fact.by = command.header.by;
  TaskAnswer answer{.run = fact.run->id};
  settle_status(step, **definition);
  return answer;
}

}  // namespace carillon
