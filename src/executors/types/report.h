// The type `report`: a summary of tasks, runs and punctuality over a period.
#pragma once

#include "executors/services.h"
#include "executors/task_type.h"

namespace carillon {

TaskType report_type(const TypeServices& services);

}  // namespace carillon
