#include <fmt/format.h>

#include "core/keyed_state.h"
#include "core/workflow_orchestrator/moves.h"

namespace carillon::workflow_orchestrator {
namespace {

StepStatus step_status_of(RunStatus status) {
  switch (status) {
    case RunStatus::completed:
      return StepStatus::completed;
    case RunStatus::failed:
      return StepStatus::failed;
    case RunStatus::cancelled:
      return StepStatus::cancelled;
    case RunStatus::queued:
    case RunStatus::running:
    case RunStatus::retrying:
      return StepStatus::running;
  }
  std::unreachable();
}

std::string message_of(const StepFinished& finished) {
  if (finished.status == RunStatus::cancelled) {
    return fmt::format("Step {} was cancelled.", finished.step);
  }
  const Outcome& outcome = finished.outcome;
  const std::string& why =
      outcome.error_message.empty() ? outcome.error_code : outcome.error_message;
  if (why.empty()) return fmt::format("Step {} failed.", finished.step);
  return fmt::format("Step {} failed: {}", finished.step, why);
}

}  // namespace

// Only the end of a child that this attempt made and still waits for counts.
Result<void> step_finished(OpenWorkflow& workflow, const StepFinished& finished) {
  const auto step = workflow.graph.find(finished.step);
  if (!step || workflow.header.steps[*step] != StepStatus::running) return {};
  if (finished.task != child_id(workflow.run, workflow.header.fence, finished.step)) return {};
  const StepStatus status = step_status_of(finished.status);
  if (!is_final(status)) return {};

  workflow.header.steps[*step] = status;
  if (status != StepStatus::completed) {
    end_as(workflow, RunStatus::failed, message_of(finished));
  } else if (!finished.outcome.result.empty()) {
    store_state(workflow.context, result_subkey(*step), StepResult{finished.outcome.result});
  }
  return {};
}

}  // namespace carillon::workflow_orchestrator
