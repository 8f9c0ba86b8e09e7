// The type `noop`: does nothing, at once.
#pragma once

#include "executors/task_type.h"

namespace carillon {

TaskType noop_type();

}  // namespace carillon
