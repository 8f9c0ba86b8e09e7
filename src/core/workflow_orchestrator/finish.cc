#include <algorithm>
#include <utility>

#include "core/keyed_state.h"
#include "core/workflow_orchestrator/moves.h"
#include "domain/limits.h"
#include "workflow/data_passing.h"

namespace carillon::workflow_orchestrator {
namespace {

Result<JsonText> result_of(OpenWorkflow& workflow) {
  WorkflowResult result(workflow.graph, workflow.header.steps);
  for (std::uint32_t at = 0; at < workflow.header.steps.size(); ++at) {
    if (workflow.header.steps[at] != StepStatus::completed) continue;
    auto stored = load_state<StepResult>(workflow.context, result_subkey(at));
    if (!stored) return fail(std::move(stored.error()));
    result.add(at, *stored ? (*stored)->result : JsonText());
  }
  return result.json();
}

std::string end_code(const WorkflowHeader& header) {
  if (header.status == RunStatus::completed) return {};
  if (header.status == RunStatus::cancelled) return "cancelled";
  return header.steps.empty() ? "workflow-invalid" : "step-failed";
}

}  // namespace

void end_as(OpenWorkflow& workflow, RunStatus status, std::string message) {
  WorkflowHeader& header = workflow.header;
  const bool is_first_end = header.stage == WorkflowStage::running;
  if (!is_first_end && (status != RunStatus::cancelled || header.status == status)) return;
  header.status = status;
  message.resize(std::min(message.size(), limits::kErrorBytes));
  header.end_message = std::move(message);
  if (!is_first_end) return;
  header.stage = WorkflowStage::ending;
  std::ranges::replace(header.steps, StepStatus::waiting, StepStatus::skipped);
}

void tell_task(OpenWorkflow& workflow, const WorkflowFinished& finished) {
  workflow.context.send(OperatorName::task_scheduler, Key(workflow.run.task.value().raw()),
                        RecordType::workflow_finished, to_wire(finished));
}

Result<void> finish(OpenWorkflow& workflow) {
  WorkflowHeader& header = workflow.header;
  auto result = result_of(workflow);
  if (!result) return fail(std::move(result.error()));
  tell_task(workflow, {.run = workflow.run.number,
                       .fence = header.fence,
                       .status = header.status,
                       .outcome = {.result = std::move(*result),
                                   .error_code = end_code(header),
                                   .error_message = header.end_message}});
  for (std::uint32_t at = 0; at < header.steps.size(); ++at) {
    workflow.context.erase(step_subkey(at));
    workflow.context.erase(result_subkey(at));
  }
  header.stage = WorkflowStage::finished;
  header.wake = workflow.context.now() + limits::kWorkflowViewWindow;
  workflow.context.wake_at(header.wake);
  return {};
}

}  // namespace carillon::workflow_orchestrator
