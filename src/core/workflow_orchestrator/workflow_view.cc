#include "core/workflow_orchestrator/workflow_view.h"

#include <utility>

#include "core/keyed_state.h"
#include "core/workflow_orchestrator/workflow_state.h"

namespace carillon {
namespace {

using namespace workflow_orchestrator;

static_assert(kWorkflowViewSubkeys == std::array<Subkey, 2>{kHeaderSubkey, kPlanSubkey});

bool was_started(StepStatus status) {
  return status != StepStatus::waiting && status != StepStatus::skipped;
}

// A run stays RUNNING for readers until the last of its steps has ended.
RunStatus visible_status(const WorkflowHeader& header) {
  return header.stage == WorkflowStage::finished ? header.status : RunStatus::running;
}

}  // namespace

Result<WorkflowView> workflow_view(const RunId& run, const std::optional<Bytes>& header,
                                   const std::optional<Bytes>& plan) {
  if (!header || !plan) {
    return fail(ErrorCode::not_found, "There is no state of workflow run " + to_text(run) + ".",
                "The result of a run that ended is kept with the run itself.");
  }
  const auto decoded = decode_state<WorkflowHeader>(*header);
  if (!decoded) return fail(decoded.error());
  auto stored_plan = decode_state<WorkflowPlan>(*plan);
  if (!stored_plan) return fail(std::move(stored_plan.error()));
  std::vector<StepNode>& nodes = stored_plan->graph.steps;
  if (nodes.size() != decoded->steps.size()) {
    return fail(ErrorCode::corrupt, "A workflow run has another number of steps than its plan.");
  }
  WorkflowView view{.run = run, .status = visible_status(*decoded)};
  for (std::size_t at = 0; at < nodes.size(); ++at) {
    StepView step{.name = std::move(nodes[at].name), .status = decoded->steps[at]};
    if (was_started(step.status)) step.task = child_id(run, decoded->fence, step.name);
    view.steps.push_back(std::move(step));
  }
  return view;
}

}  // namespace carillon
