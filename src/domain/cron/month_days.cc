#include "domain/cron/month_days.h"

#include <algorithm>
#include <utility>

namespace carillon {
namespace {

constexpr int kSunday = 0;
constexpr int kSaturday = 6;
constexpr int kDaysPerWeek = 7;

std::uint32_t day_bit(int day) { return 1U << (day - 1); }

std::uint32_t all_days(MonthKind month) { return (1U << (month.length - 1) << 1) - 1; }

int weekday_of(MonthKind month, int day) { return (month.first_weekday + day - 1) % kDaysPerWeek; }

// The Monday to Friday nearest to the day without leaving the month (Quartz).
int nearest_working_day(MonthKind month, int day) {
  const int weekday = weekday_of(month, day);
  if (weekday == kSaturday) return day == 1 ? day + 2 : day - 1;
  if (weekday == kSunday) return day == month.length ? day - 2 : day + 1;
  return day;
}

std::uint32_t days_on_weekdays(std::uint8_t weekdays, MonthKind month) {
  // The mask turned so that its bit 0 is the weekday of day 1, then repeated for five weeks.
  const std::uint32_t week = weekdays;
  const std::uint32_t turned =
      (week >> month.first_weekday | week << (kDaysPerWeek - month.first_weekday)) & 0x7f;
  constexpr std::uint64_t kFiveWeeks = 1 | 1ULL << 7 | 1ULL << 14 | 1ULL << 21 | 1ULL << 28;
  return static_cast<std::uint32_t>(turned * kFiveWeeks) & all_days(month);
}

std::uint32_t by_day_of_month(const CronDays& days, MonthKind month) {
  std::uint32_t mask = days.days >> 1 & all_days(month);
  for (int day = 1; day <= month.length; ++day) {
    if (days.nearest_weekday >> day & 1) mask |= day_bit(nearest_working_day(month, day));
    const int before_last = month.length - day;
    if (days.days_before_last >> before_last & 1) mask |= day_bit(day);
    if (days.last_weekday >> before_last & 1) mask |= day_bit(nearest_working_day(month, day));
  }
  return mask;
}

std::uint32_t by_day_of_week(const CronDays& days, MonthKind month) {
  std::uint32_t mask = days_on_weekdays(days.weekdays, month);
  const auto week_of_month = [&month](int first_day) {
    const int last_day = std::min(first_day + kDaysPerWeek - 1, month.length);
    return all_days({.length = last_day, .first_weekday = 0}) & ~(day_bit(first_day) - 1);
  };
  int first_day = 1;
  for (const std::uint8_t weekdays : days.nth_weekdays) {
    if (first_day <= month.length) {
      mask |= days_on_weekdays(weekdays, month) & week_of_month(first_day);
    }
    first_day += kDaysPerWeek;
  }
  const int last_week = month.length - kDaysPerWeek + 1;
  return mask | (days_on_weekdays(days.last_weekdays, month) & week_of_month(last_week));
}

}  // namespace

std::uint32_t matching_days(const CronDays& days, MonthKind month) {
  const std::uint32_t of_month = by_day_of_month(days, month);
  const std::uint32_t of_week = by_day_of_week(days, month);
  switch (days.joined) {
    case CronDays::Joined::both:
      return of_month & of_week;
    case CronDays::Joined::either:
      return of_month | of_week;
  }
  std::unreachable();
}

}  // namespace carillon
