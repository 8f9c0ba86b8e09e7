// A cron expression in plain English, so that people see what was understood. Pure.
#pragma once

#include <string>

#include "domain/cron/cron_expression.h"

namespace carillon {

// For example `at 09:00:00 on Monday to Friday` or `every 5 minutes`. Says what the sets hold,
// whatever the dialect; weekdays always by name.
std::string in_words(const CronExpression& expression);

}  // namespace carillon
