// The type `fail`: fails on purpose, always or for the first attempts of a run.
#pragma once

#include "executors/task_type.h"

namespace carillon {

TaskType fail_type();

}  // namespace carillon
