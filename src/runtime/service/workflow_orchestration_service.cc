#include "runtime/service/workflow_orchestration_service.h"

#include <utility>

#include <fmt/format.h>

#include "workflow/step_graph.h"

namespace carillon {

void WorkflowOrchestrationService::complete(TaskDefinition& definition,
                                            std::vector<Error>& errors) const {
  definition.lane = Lane::workflow;
  if (!definition.workflow) definition.workflow.emplace();
  if (auto graph = make_step_graph(*definition.workflow); !graph) {
    Error error = std::move(graph.error());
    if (error.pointer.empty()) error.pointer = "/steps";
    error.pointer = "/parameters" + error.pointer;
    errors.push_back(std::move(error));
  }
  std::size_t index = 0;
  for (WorkflowStep& step : definition.workflow->steps) {
    const std::string pointer = fmt::format("/parameters/steps/{}/parameters", index++);
    const TaskTypeDescription* type = types_.find(step.type);
    if (type == nullptr) {
      errors.push_back(unknown_task_type(types_, step.type, pointer + "/type"));
      continue;
    }
    if (type->lane == Lane::workflow) {
      errors.push_back({.code = ErrorCode::not_yet,
                        .message = "A step cannot be a workflow yet.",
                        .hint = "Put its steps into this workflow.",
                        .column = std::nullopt,
                        .pointer = pointer + "/type"});
      continue;
    }
    step.lane = type->lane;
    for (Error& error : types_.check_parameters(step.type, step.parameters)) {
      error.pointer = pointer + error.pointer;
      errors.push_back(std::move(error));
    }
  }
}

}  // namespace carillon
