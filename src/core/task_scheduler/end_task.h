// Ending a task for good: cancel and delete share it.
#pragma once

#include <string>

#include "core/task_scheduler/task_step.h"
#include "domain/slot/slot_row.h"

namespace carillon {

struct EndTask {
  SlotReason reason = SlotReason::task_cancelled;
  std::string message;
};

// Disarms the schedule and ends every run: what waits is withdrawn, what runs is told to stop, and
// no attempt starts afterwards. The status is CANCELLED.
void end_task(TaskStep& step, const TaskDefinition& definition, const EndTask& end);

}  // namespace carillon
