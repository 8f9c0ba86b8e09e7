#include "runtime/service/task_service.h"

#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "core/task_scheduler/supported.h"
#include "runtime/service/task_reader.h"
#include "runtime/service/workflow_orchestration_service.h"

namespace carillon {

Error unknown_task_type(const TaskTypes& types, std::string_view name, std::string pointer) {
  const std::vector<TaskTypeDescription> known = types.list();
  std::vector<std::string_view> names;
  for (const TaskTypeDescription& type : known) names.push_back(type.name);
  const std::string_view nearest = nearest_name(name, names);
  std::string hint = nearest.empty() ? std::string{} : fmt::format("Did you mean '{}'? ", nearest);
  hint += fmt::format(
      "Known types: {}. A type of your own needs a worker: name its queue in \"queue\".",
      fmt::join(names, ", "));
  return {.code = ErrorCode::unknown_task_type,
          .message = fmt::format("There is no task type '{}'.", escape_control(name)),
          .hint = std::move(hint),
          .column = std::nullopt,
          .pointer = std::move(pointer)};
}

void TaskService::complete_type(TaskDefinition& definition, std::vector<Error>& errors) const {
  if (definition.type == "workflow") {
    WorkflowOrchestrationService(parts_.types).complete(definition, errors);
    return;
  }
  const TaskTypeDescription* type = parts_.types.find(definition.type);
  if (type == nullptr) {
    definition.lane = Lane::worker;
    if (definition.queue.value() == "default") {
      errors.push_back(unknown_task_type(parts_.types, definition.type, "/parameters/type"));
    }
    return;
  }
  definition.lane = type->lane;
  for (Error& error : parts_.types.check_parameters(definition.type, definition.parameters)) {
    error.pointer = "/parameters" + error.pointer;
    errors.push_back(std::move(error));
  }
}

ValidatedDefinition TaskService::complete(TaskDefinition& definition) const {
  ValidatedDefinition found = validate_definition(definition, parts_.zones, parts_.clock.wall());
  complete_type(definition, found.errors);
  if (auto supported = refuse_unsupported(definition); !supported) {
    found.errors.push_back(std::move(supported.error()));
  }
  return found;
}

Result<std::optional<TaskSnapshot>> TaskService::find(const TaskId& task) const {
  return read_committed_task(parts_.store, task);
}

}  // namespace carillon
