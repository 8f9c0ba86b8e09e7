#include "domain/cron/cron_expression.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/check.h"
#include "domain/cron/month_days.h"

namespace carillon {
namespace {

constexpr int kSecondsPerMinute = 60;
constexpr int kSecondsPerHour = 3'600;
constexpr int kLastSecondOfDay = 86'399;
constexpr int kShortestMonth = 28;

// The least value >= from in a set, or -1.
template <class Bits>
int at_or_after(Bits bits, int from) {
  if (from >= std::numeric_limits<Bits>::digits) return -1;
  const Bits rest = bits >> from;
  return rest == 0 ? -1 : from + std::countr_zero(rest);
}

// The greatest value <= to in a set, or -1.
template <class Bits>
int at_or_before(Bits bits, int to) {
  if (to < 0) return -1;
  const Bits rest = bits << (std::numeric_limits<Bits>::digits - 1 - to);
  return rest == 0 ? -1 : to - std::countl_zero(rest);
}

int joined_second(int hour, int minute, int second) {
  return hour * kSecondsPerHour + minute * kSecondsPerMinute + second;
}

// The least time of day >= second_of_day, or -1.
int first_time(const CronTimes& times, int second_of_day) {
  const int first_second = std::countr_zero(times.seconds);
  const int first_minute = std::countr_zero(times.minutes);
  const int hour = second_of_day / kSecondsPerHour;
  const int minute = second_of_day / kSecondsPerMinute % 60;
  if (times.hours >> hour & 1) {
    if (times.minutes >> minute & 1) {
      const int second = at_or_after(times.seconds, second_of_day % 60);
      if (second >= 0) return joined_second(hour, minute, second);
    }
    const int later = at_or_after(times.minutes, minute + 1);
    if (later >= 0) return joined_second(hour, later, first_second);
  }
  const int later = at_or_after(times.hours, hour + 1);
  return later < 0 ? -1 : joined_second(later, first_minute, first_second);
}

// The greatest time of day <= second_of_day, or -1.
int last_time(const CronTimes& times, int second_of_day) {
  const int last_second = at_or_before(times.seconds, 59);
  const int last_minute = at_or_before(times.minutes, 59);
  const int hour = second_of_day / kSecondsPerHour;
  const int minute = second_of_day / kSecondsPerMinute % 60;
  if (times.hours >> hour & 1) {
    if (times.minutes >> minute & 1) {
      const int second = at_or_before(times.seconds, second_of_day % 60);
      if (second >= 0) return joined_second(hour, minute, second);
    }
    const int earlier = at_or_before(times.minutes, minute - 1);
    if (earlier >= 0) return joined_second(hour, earlier, last_second);
  }
  const int earlier = at_or_before(times.hours, hour - 1);
  return earlier < 0 ? -1 : joined_second(earlier, last_minute, last_second);
}

std::size_t kind_index(MonthKind month) {
  return static_cast<std::size_t>((month.length - kShortestMonth) * 7 + month.first_weekday);
}

}  // namespace

CronExpression::CronExpression(const CronFields& fields) : fields_(fields) {
  CARILLON_CHECK(fields.times.seconds != 0 && fields.times.minutes != 0 && fields.times.hours != 0);
  CARILLON_CHECK(fields.months != 0 && fields.years.any());
  for (int length = kShortestMonth; length <= 31; ++length) {
    for (int weekday = 0; weekday < 7; ++weekday) {
      const MonthKind month{.length = length, .first_weekday = weekday};
      days_by_kind_[kind_index(month)] = matching_days(fields.days, month);
    }
  }
}

std::uint32_t CronExpression::days_of(int year, int month) const {
  if (year < kFirstYear || year > kLastYear) return 0;
  if (!fields_.years[static_cast<std::size_t>(year - kFirstYear)]) return 0;
  if ((fields_.months >> month & 1) == 0) return 0;
  return days_by_kind_[kind_index({.length = days_in_month(year, month),
                                   .first_weekday = LocalDate::of(year, month, 1).weekday()})];
}

bool CronExpression::matches_date(LocalDate date) const {
  const LocalDate::Civil civil = date.civil();
  return (days_of(civil.year, civil.month) >> (civil.day - 1) & 1) != 0;
}

bool CronExpression::matches(LocalTime time) const {
  const int second = time.second_of_day();
  if (time.ms() % kMsPerSecond != 0) return false;
  return (fields_.times.hours >> (second / kSecondsPerHour) & 1) != 0 &&
         (fields_.times.minutes >> (second / kSecondsPerMinute % 60) & 1) != 0 &&
         (fields_.times.seconds >> (second % 60) & 1) != 0 && matches_date(time.date());
}

std::optional<LocalDate> CronExpression::first_date_in(LocalDate from, LocalDate to) const {
  LocalDate::Civil civil = from.civil();
  std::uint32_t not_before = ~((1U << (civil.day - 1)) - 1);
  for (int year = civil.year; year <= kLastYear; ++year, civil.month = 1) {
    for (int month = civil.month; month <= 12; ++month, not_before = ~0U) {
      const std::uint32_t days = days_of(year, month) & not_before;
      if (days != 0) {
        const LocalDate found = LocalDate::of(year, month, 1 + std::countr_zero(days));
        if (found > to) return std::nullopt;
        return found;
      }
    }
    if (LocalDate::of(year, 12, 31) >= to) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<LocalDate> CronExpression::last_date_in(LocalDate from, LocalDate to) const {
  LocalDate::Civil civil = to.civil();
  std::uint32_t not_after = (1U << (civil.day - 1) << 1) - 1;
  for (int year = civil.year; year >= kFirstYear; --year, civil.month = 12) {
    for (int month = civil.month; month >= 1; --month, not_after = ~0U) {
      const std::uint32_t days = days_of(year, month) & not_after;
      if (days != 0) {
        const LocalDate found = LocalDate::of(year, month, std::bit_width(days));
        if (found < from) return std::nullopt;
        return found;
      }
    }
    if (LocalDate::of(year, 1, 1) <= from) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<LocalTime> CronExpression::first_in(LocalTime from, LocalTime to) const {
  from = std::max(from, kLocalBegin);
  to = std::min(to, kLocalEnd);
  // Matches are whole seconds, so a fraction counts as the second that follows.
  from = LocalTime::from_ms(-floor_div(-from.ms(), kMsPerSecond) * kMsPerSecond);
  if (from >= to) return std::nullopt;
  LocalDate date = from.date();
  int second = matches_date(date) ? first_time(fields_.times, from.second_of_day()) : -1;
  if (second < 0) {
    const std::optional<LocalDate> later =
        first_date_in(LocalDate::from_days(date.days() + 1), to.date());
    if (!later) return std::nullopt;
    date = *later;
    second = first_time(fields_.times, 0);
  }
  const LocalTime found = LocalTime::of(date, second);
  if (found >= to) return std::nullopt;
  return found;
}

std::optional<LocalTime> CronExpression::last_in(LocalTime from, LocalTime to) const {
  from = std::max(from, kLocalBegin);
  to = std::min(to, kLocalEnd);
  if (from >= to) return std::nullopt;
  const LocalTime last = LocalTime::from_ms(to.ms() - 1);
  LocalDate date = last.date();
  int second = matches_date(date) ? last_time(fields_.times, last.second_of_day()) : -1;
  if (second < 0) {
    const std::optional<LocalDate> earlier =
        last_date_in(from.date(), LocalDate::from_days(date.days() - 1));
    if (!earlier) return std::nullopt;
    date = *earlier;
    second = last_time(fields_.times, kLastSecondOfDay);
  }
  const LocalTime found = LocalTime::of(date, second);
  if (found < from) return std::nullopt;
  return found;
}

}  // namespace carillon
