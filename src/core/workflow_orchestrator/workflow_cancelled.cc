#include <utility>

#include "core/keyed_state.h"
#include "core/workflow_orchestrator/moves.h"

namespace carillon::workflow_orchestrator {

namespace {

// A newer attempt that waits for its turn never begins; its task hears that it has ended.
Result<void> drop_next_start(OpenWorkflow& workflow, const std::string& message) {
  if (!workflow.header.next_start) return {};
  const auto next = load_state<NextStart>(workflow.context, kNextStartSubkey);
  if (!next) return fail(next.error());
  if (!*next || !(*next)->started) {
    return fail(ErrorCode::corrupt, "The next attempt of a workflow run is missing.");
  }
  tell_task(workflow, {.run = workflow.run.number,
                       .fence = (*next)->started->fence,
                       .status = RunStatus::cancelled,
                       .outcome = {.error_code = "cancelled", .error_message = message}});
  workflow.context.erase(kNextStartSubkey);
  workflow.header.next_start = false;
  return {};
}

}  // namespace

Result<void> workflow_cancelled(OpenWorkflow& workflow, const WorkflowCancelled& cancelled) {
  switch (workflow.header.stage) {
    case WorkflowStage::running:
    case WorkflowStage::ending:
      break;
    case WorkflowStage::absent:
    case WorkflowStage::finished:
      return {};
  }
  const std::string message =
      cancelled.reason.empty() ? "The workflow was cancelled." : cancelled.reason;
  if (auto dropped = drop_next_start(workflow, message); !dropped) return dropped;
  end_as(workflow, RunStatus::cancelled, message);
  return {};
}

}  // namespace carillon::workflow_orchestrator
