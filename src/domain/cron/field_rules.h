// What each dialect allows in each field: bounds, names, and which member of the set a value means.
// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "domain/cron/cron_dialect.h"
#include "domain/cron/cron_expression.h"
#include "domain/cron/cron_fault.h"

namespace carillon {

// The dialect that `auto` takes for this number of fields: 5 unix, 6 spring, 7 quartz.
std::optional<CronDialect> dialect_of_count(std::size_t fields);

struct FieldLimits {
  int low = 0;  // The values that may be written, both inclusive.
  int high = 0;
  int star_low = 0;  // What `*` stands for, up to high. Spring's `*/2` counts weekdays from 1.
  int step_max = 0;  // A longer step is refused (quartz).
  int span = 0;      // A longer step leaves one value of `*`.
};

FieldLimits limits_of(CronField field, CronDialect dialect);

// The value that a three-letter name stands for in this field, any case.
std::optional<int> value_of_name(CronField field, CronDialect dialect, std::string_view name);

// `FRI` or `FEB`, or the number where the field has no names.
std::string name_of_value(CronField field, CronDialect dialect, int value);

// Bit of a value in a set: 0 = Sunday for weekdays, 0 = 1970 for years, else the value itself.
std::size_t member_of_value(CronField field, CronDialect dialect, int value);

inline constexpr std::string_view kWeekdayNames = "SUNMONTUEWEDTHUFRISAT";
inline constexpr std::string_view kMonthNames = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";

// 0 = Sunday.
inline std::string_view weekday_name(int weekday) {
  return kWeekdayNames.substr(static_cast<std::size_t>(weekday) * 3, 3);
}
// 1 = January.
inline std::string_view month_name(int month) {
  return kMonthNames.substr(static_cast<std::size_t>(month - 1) * 3, 3);
}

}  // namespace carillon
