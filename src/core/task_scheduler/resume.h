// Ending a pause, by a command or because its time is over.
#pragma once

#include <string_view>

#include "base/result.h"
#include "core/task_scheduler/task_step.h"

namespace carillon {

// Records the slots of the pause as skipped and goes on from now. Requires a pause.
//
// Errors  cron_*, unknown_time_zone  the plan cannot be made
Result<void> resume(TaskStep& step, std::string_view by);

}  // namespace carillon
