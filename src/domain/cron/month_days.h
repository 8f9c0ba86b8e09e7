// Which days of a month a CronDays means: the rules of L, W and # as bit arithmetic. Pure.
#pragma once

#include <cstdint>

#include "domain/cron/cron_expression.h"

namespace carillon {

// All that cron rules can see of a month.
struct MonthKind {
  int length = 28;        // 28..31
  int first_weekday = 0;  // Weekday of day 1, 0 = Sunday.
};

// Bit d - 1 = day d.
std::uint32_t matching_days(const CronDays& days, MonthKind month);

}  // namespace carillon
