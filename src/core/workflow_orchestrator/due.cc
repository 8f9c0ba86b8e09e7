#include "core/workflow_orchestrator/moves.h"

namespace carillon::workflow_orchestrator {
namespace {

void forget_everything(OpenWorkflow& workflow) {
  workflow.context.erase(kPlanSubkey);
  workflow.header = WorkflowHeader{};
}

}  // namespace

// While the workflow runs, advance does what earlier steps could not; afterwards the wake-up ends
// the time for which a finished run can be read.
Result<void> due(OpenWorkflow& workflow, const Due& due) {
  if (workflow.header.wake != due.at) return {};
  workflow.header.wake.reset();
  if (workflow.header.stage == WorkflowStage::finished) forget_everything(workflow);
  return {};
}

}  // namespace carillon::workflow_orchestrator
