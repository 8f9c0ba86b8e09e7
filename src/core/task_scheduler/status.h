// Which status a task rests in, and which commands its status allows. Pure rules.
#pragma once

#include <string_view>

#include "base/result.h"
#include "core/task_scheduler/task_step.h"
#include "domain/task/task_definition.h"

namespace carillon {

// Sets the status that follows from the rest of the state, and ends the schedule when nothing of it
// is left. Final states stay.
//
//   attempt running -> RUNNING; attempt waiting or retry pending -> SCHEDULED; pause note ->
//   PAUSED; armed with slots to come -> SCHEDULED; recurring schedule ended -> COMPLETED; one-shot
//   -> COMPLETED or FAILED by its last run; recurring task that was never armed -> CREATED.
void settle_status(TaskStep& step, const TaskDefinition& definition);

// The refusal of a command by the task's status; the hint names the legal calls.
Error illegal_transition(TaskStatus status, std::string_view wanted);

}  // namespace carillon
