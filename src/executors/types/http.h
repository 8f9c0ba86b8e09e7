// The type `http`: one HTTP request whose answer decides the attempt.
#pragma once

#include "executors/services.h"
#include "executors/task_type.h"

namespace carillon {

TaskType http_type(const TypeServices& services);

}  // namespace carillon
