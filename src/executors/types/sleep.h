// The type `sleep`: waits, and may fail its first attempts; for tests and demonstrations.
#pragma once

#include "executors/task_type.h"

namespace carillon {

TaskType sleep_type();

}  // namespace carillon
