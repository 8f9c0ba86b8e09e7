// Finds expressions that match no date at all, and says which fields exclude each other. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "domain/cron/cron_expression.h"
#include "domain/cron/cron_fault.h"
#include "domain/cron/cron_token.h"

namespace carillon {

// The day fields as written, for the message.
struct DayTexts {
  CronToken day_of_month;
  std::string_view day_of_week;
  std::string_view year;  // Empty when there is no such field.
};

// The fault, if no date from 1970 to 2199 matches.
std::optional<CronFault> find_never_fires(const CronExpression& expression, const DayTexts& texts);

}  // namespace carillon
