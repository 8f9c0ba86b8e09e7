// WorkflowOrchestrationService: what a workflow must be before it is stored. The specification's
// name; how a stored one runs is the WorkflowOrchestrator's business (core/workflow_orchestrator).
// Any thread.
#pragma once

#include <vector>

#include "base/error.h"
#include "domain/task/task_definition.h"
#include "ports/task_types.h"

namespace carillon {

class WorkflowOrchestrationService {
 public:
  explicit WorkflowOrchestrationService(const TaskTypes& types) : types_(types) {}

  // Checks the steps of a workflow task and resolves their lanes. Faults are appended with pointers
  // into the task.
  void complete(TaskDefinition& definition, std::vector<Error>& errors) const;

 private:
  const TaskTypes& types_;
};

// The refusal of a type that nobody here knows.
Error unknown_task_type(const TaskTypes& types, std::string_view name, std::string pointer);

}  // namespace carillon
