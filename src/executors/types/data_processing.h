// The type `data_processing`: SQL over CSV, JSON lines or rows in the parameters.
#pragma once

#include "executors/services.h"
#include "executors/task_type.h"

namespace carillon {

TaskType data_processing_type(const TypeServices& services);

}  // namespace carillon
