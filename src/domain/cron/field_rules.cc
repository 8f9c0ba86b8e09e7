#include "domain/cron/field_rules.h"

#include <limits>

#include <fmt/format.h>

#include "base/text.h"

namespace carillon {
namespace {

constexpr int kAnyStep = std::numeric_limits<int>::max();

FieldLimits plain(int low, int high) {
  return {.low = low, .high = high, .star_low = low, .step_max = kAnyStep, .span = high - low};
}

FieldLimits weekday_limits(CronDialect dialect) {
  FieldLimits limits = plain(dialect == CronDialect::quartz ? 1 : 0, 7);
  // Spring's field runs from 1 to 7 although it also reads 0.
  if (dialect == CronDialect::spring) limits.star_low = 1;
  limits.span = 6;
  return limits;
}

FieldLimits limits_without_step(CronField field, CronDialect dialect) {
  switch (field) {
    case CronField::seconds:
    case CronField::minutes:
      return plain(0, 59);
    case CronField::hours:
      return plain(0, 23);
    case CronField::day_of_month:
      return plain(1, 31);
    case CronField::month:
      return plain(1, 12);
    case CronField::day_of_week:
      return weekday_limits(dialect);
    case CronField::year:
      return plain(kFirstYear, kLastYear);
    case CronField::whole:
      break;
  }
  return {};
}

// Index of a three-letter name in a row of them.
std::optional<int> index_of_name(std::string_view names, std::string_view name) {
  constexpr std::size_t kNameLength = 3;
  if (name.size() != kNameLength) return std::nullopt;
  for (std::size_t i = 0; i < names.size(); i += kNameLength) {
    if (equal_ignoring_case(names.substr(i, kNameLength), name)) {
      return static_cast<int>(i / kNameLength);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<CronDialect> dialect_of_count(std::size_t fields) {
  constexpr std::size_t kUnixFields = 5;
  constexpr std::size_t kSpringFields = 6;
  constexpr std::size_t kQuartzFields = 7;
  if (fields == kUnixFields) return CronDialect::unix_cron;
  if (fields == kSpringFields) return CronDialect::spring;
  if (fields == kQuartzFields) return CronDialect::quartz;
  return std::nullopt;
}

FieldLimits limits_of(CronField field, CronDialect dialect) {
  FieldLimits limits = limits_without_step(field, dialect);
  if (dialect == CronDialect::quartz && field != CronField::year) limits.step_max = limits.high;
  return limits;
}

std::optional<int> value_of_name(CronField field, CronDialect dialect, std::string_view name) {
  if (field == CronField::month) {
    const std::optional<int> index = index_of_name(kMonthNames, name);
    return index ? std::optional(*index + 1) : std::nullopt;
  }
  if (field != CronField::day_of_week) return std::nullopt;
  const std::optional<int> index = index_of_name(kWeekdayNames, name);
  if (!index) return std::nullopt;
  if (dialect == CronDialect::quartz) return *index + 1;
  // Spring reads SUN as 7, so that FRI-SUN is a range; unix reads it as 0.
  return *index == 0 && dialect == CronDialect::spring ? 7 : *index;
}

std::string name_of_value(CronField field, CronDialect dialect, int value) {
  if (field == CronField::month) return std::string(month_name(value));
  if (field == CronField::day_of_week) {
    return std::string(weekday_name(static_cast<int>(member_of_value(field, dialect, value))));
  }
  return fmt::to_string(value);
}

std::size_t member_of_value(CronField field, CronDialect dialect, int value) {
  if (field == CronField::year) return static_cast<std::size_t>(value - kFirstYear);
  if (field != CronField::day_of_week) return static_cast<std::size_t>(value);
  return static_cast<std::size_t>(dialect == CronDialect::quartz ? value - 1 : value % 7);
}

}  // namespace carillon
