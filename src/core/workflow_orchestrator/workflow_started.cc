#include <utility>

#include "core/keyed_state.h"
#include "core/workflow_orchestrator/moves.h"

namespace carillon::workflow_orchestrator {

Result<void> begin(OpenWorkflow& workflow, const WorkflowStarted& started) {
  workflow.header = WorkflowHeader{.stage = WorkflowStage::running,
                                   .fence = started.fence,
                                   .queue = started.queue,
                                   .priority = started.priority,
                                   .name = started.name,
                                   .created_by = started.created_by,
                                   .wake = workflow.header.wake};
  auto graph = make_step_graph(started.spec);
  if (!graph) {
    // Whoever accepted the task checked the graph by the same function, so this is no user's path.
    workflow.graph = {};
    workflow.context.erase(kPlanSubkey);
    end_as(workflow, RunStatus::failed, graph.error().message);
    return {};
  }
  workflow.graph = std::move(*graph);
  workflow.header.steps.assign(started.spec.steps.size(), StepStatus::waiting);
  store_state(workflow.context, kPlanSubkey, WorkflowPlan{workflow.graph});
  for (std::uint32_t at = 0; at < started.spec.steps.size(); ++at) {
    store_state(workflow.context, step_subkey(at), StoredStep{started.spec.steps[at]});
  }
  return {};
}

// A retry of the run comes under the same key with a newer fence. It waits until the attempt before
// it has let go of its children, so that two attempts never work side by side.
Result<void> workflow_started(OpenWorkflow& workflow, const WorkflowStarted& started) {
  switch (workflow.header.stage) {
    case WorkflowStage::absent:
      return begin(workflow, started);
    case WorkflowStage::finished:
      if (started.fence <= workflow.header.fence) return {};
      return begin(workflow, started);
    case WorkflowStage::running:
    case WorkflowStage::ending:
      break;
  }
  if (started.fence <= workflow.header.fence) return {};
  if (workflow.header.next_start) {
    const auto next = load_state<NextStart>(workflow.context, kNextStartSubkey);
    if (!next) return fail(next.error());
    if (*next && (*next)->started && started.fence <= (*next)->started->fence) return {};
  }
  workflow.header.next_start = true;
  store_state(workflow.context, kNextStartSubkey, NextStart{started});
  end_as(workflow, RunStatus::cancelled, "A newer attempt of the run has begun.");
  return {};
}

}  // namespace carillon::workflow_orchestrator
