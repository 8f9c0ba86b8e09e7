// The tasks that a workflow makes for its steps, and the commands it sends them. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "core/workflow_orchestrator/workflow_state.h"
#include "domain/workflow/workflow_spec.h"

namespace carillon::workflow_orchestrator {

// Asks for the child task of a step, to run at once.
void create_child(OpenWorkflow& workflow, const WorkflowStep& step, JsonText inputs);

// Asks the child task of a step to stop for good.
void cancel_child(OpenWorkflow& workflow, const std::string& step, const std::string& reason);

}  // namespace carillon::workflow_orchestrator
