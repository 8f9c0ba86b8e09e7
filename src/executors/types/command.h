// The type `command`: runs a program in a sandbox, without a shell.
#pragma once

#include "executors/services.h"
#include "executors/task_type.h"

namespace carillon {

TaskType command_type(const TypeServices& services);

}  // namespace carillon
