// The type `notification`: tells people or systems, through the log, a webhook or a mail.
#pragma once

#include "executors/services.h"
#include "executors/task_type.h"

namespace carillon {

TaskType notification_type(const TypeServices& services);

}  // namespace carillon
