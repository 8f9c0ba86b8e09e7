// The type `cleanup`: removes old files below a root, or prunes run history.
#pragma once

#include "executors/services.h"
#include "executors/task_type.h"

namespace carillon {

TaskType cleanup_type(const TypeServices& services);

}  // namespace carillon
