// What a workflow run does about each record, and how it goes on afterwards. Each function is pure,
// works on an opened workflow, and lies in the file named after its record.
#pragma once

#include <string>

#include "base/result.h"
#include "core/workflow_orchestrator/workflow_state.h"
#include "domain/record/task_messages.h"
#include "domain/record/workflow_records.h"

namespace carillon::workflow_orchestrator {

Result<void> workflow_started(OpenWorkflow& workflow, const WorkflowStarted& started);
Result<void> step_finished(OpenWorkflow& workflow, const StepFinished& finished);
Result<void> workflow_cancelled(OpenWorkflow& workflow, const WorkflowCancelled& cancelled);
Result<void> due(OpenWorkflow& workflow, const Due& due);
Result<void> clock_stepped(OpenWorkflow& workflow, const ClockStepped& stepped);

// Starts what is ready, or stops what runs when the workflow is ending, as far as one step may;
// tells the task when everything has ended; asks to be woken at once when something is left.
//
// Errors  corrupt  parts of the state contradict each other
Result<void> advance(OpenWorkflow& workflow);

// Begins an attempt under a key that has none running: writes the plan and the steps.
//
// Cost  one value per step of the workflow
Result<void> begin(OpenWorkflow& workflow, const WorkflowStarted& started);

// From now on nothing more is started and what runs is stopped. The first end that is known counts,
// except that a cancel wins over a failure.
void end_as(OpenWorkflow& workflow, RunStatus status, std::string message);

// Tells the task that an attempt of its run has ended.
void tell_task(OpenWorkflow& workflow, const WorkflowFinished& finished);

// Ends the attempt: tells the task with all results, drops what is not read any more, and keeps the
// rest readable for limits::kWorkflowViewWindow.
Result<void> finish(OpenWorkflow& workflow);

}  // namespace carillon::workflow_orchestrator
