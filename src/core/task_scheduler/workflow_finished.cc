#include <utility>

#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/runs.h"
#include "core/task_scheduler/status.h"

namespace carillon {
namespace {

AttemptStatus attempt_status_of(RunStatus status) {
  switch (status) {
    case RunStatus::completed:
      return AttemptStatus::completed;
    case RunStatus::cancelled:
      return AttemptStatus::cancelled;
    case RunStatus::failed:
    case RunStatus::queued:
    case RunStatus::running:
    case RunStatus::retrying:
      return AttemptStatus::failed;
  }
  std::unreachable();
}

}  // namespace

Result<void> workflow_finished(TaskStep& step, const WorkflowFinished& finished) {
  TaskState& state = step.state;
  const auto index = find_run(state, finished.fence);
  if (!index || state.active_runs[*index].row.id.number != finished.run) return {};
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  end_attempt(step, **definition, *index,
              {.status = attempt_status_of(finished.status), .outcome = finished.outcome});
  settle_status(step, **definition);
  return {};
}

}  // namespace carillon
