#include "domain/zone/posix_tz.h"

#include <utility>

#include "domain/zone/local_time.h"

namespace carillon {
namespace {

constexpr std::int64_t kSecondsPerHour = 3'600;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Reads the rule from left to right. Every function takes what it names or answers nothing.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  [[nodiscard]] bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }

  bool take(char c) {
    if (!next_is(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Three letters or more, or anything in angle brackets.
  bool take_name() {
    constexpr std::size_t kShortestName = 3;
    if (take('<')) {
      const std::size_t end = rest_.find('>');
      if (end == std::string_view::npos || end < kShortestName) return false;
      rest_.remove_prefix(end + 1);
      return true;
    }
    std::size_t length = 0;
    while (length < rest_.size() && is_letter(rest_[length])) ++length;
    rest_.remove_prefix(length);
    return length >= kShortestName;
  }

  std::optional<int> take_number(int low, int high) {
    constexpr std::size_t kDigitsMax = 3;
    int value = 0;
    std::size_t length = 0;
    while (length < rest_.size() && length < kDigitsMax && is_digit(rest_[length])) {
      value = value * 10 + (rest_[length] - '0');
      ++length;
    }
    rest_.remove_prefix(length);
    if (length == 0 || value < low || value > high) return std::nullopt;
    return value;
  }

  // [+-]hh[:mm[:ss]] in seconds.
  std::optional<std::int64_t> take_time(int hours_max) {
    const int sign = take('-') ? -1 : 1;
    if (sign > 0) take('+');
    const std::optional<int> hours = take_number(0, hours_max);
    if (!hours) return std::nullopt;
    std::int64_t seconds = *hours * kSecondsPerHour;
    for (const int unit : {60, 1}) {
      if (!take(':')) break;
      const std::optional<int> part = take_number(0, 59);
      if (!part) return std::nullopt;
      seconds += *part * unit;
    }
    return sign * seconds;
  }

  std::optional<YearlyMoment> take_moment() {
    std::optional<YearlyMoment> moment = take_day();
    if (!moment || !take('/')) return moment;
    constexpr int kHoursMax = 167;
    const std::optional<std::int64_t> second = take_time(kHoursMax);
    if (!second) return std::nullopt;
    moment->second = *second;
    return moment;
  }

 private:
  std::optional<YearlyMoment> take_day() {
    if (take('M')) return take_weekday_of_month();
    const bool julian = take('J');
    const std::optional<int> day = take_number(julian ? 1 : 0, 365);
    if (!day) return std::nullopt;
    return YearlyMoment{.kind = julian ? YearlyMoment::Kind::julian_without_leap_day
                                       : YearlyMoment::Kind::day_of_year,
                        .day = *day};
  }

  std::optional<YearlyMoment> take_weekday_of_month() {
    const std::optional<int> month = take_number(1, 12);
    if (!month || !take('.')) return std::nullopt;
    const std::optional<int> week = take_number(1, 5);
    if (!week || !take('.')) return std::nullopt;
    const std::optional<int> day = take_number(0, 6);
    if (!day) return std::nullopt;
    return YearlyMoment{.month = *month, .week = *week, .day = *day};
  }

  std::string_view rest_;
};

std::int64_t weekday_of_month(const YearlyMoment& moment, int year) {
  const LocalDate first = LocalDate::of(year, moment.month, 1);
  const int to_first_match = (moment.day - first.weekday() + 7) % 7;
  int day = 1 + to_first_match + (moment.week - 1) * 7;
  if (day > days_in_month(year, moment.month)) day -= 7;
  return first.days() + day - 1;
}

}  // namespace

std::int64_t YearlyMoment::local_second(int year) const {
  const std::int64_t new_year = LocalDate::of(year, 1, 1).days();
  switch (kind) {
    case Kind::julian_without_leap_day: {
      constexpr int kFebruary28 = 59;
      const int leap_day = is_leap_year(year) && day > kFebruary28 ? 1 : 0;
      return (new_year + day - 1 + leap_day) * kSecondsPerDay + second;
    }
    case Kind::day_of_year:
      return (new_year + day) * kSecondsPerDay + second;
    case Kind::weekday_of_month:
      return weekday_of_month(*this, year) * kSecondsPerDay + second;
  }
  std::unreachable();
}

Result<PosixTz> PosixTz::parse(std::string_view text) {
  constexpr int kOffsetHoursMax = 24;
  const auto damaged = [] {
    return fail(ErrorCode::corrupt, "the rule for later years in the zone data cannot be read");
  };
  Scanner scanner(text);
  if (!scanner.take_name()) return damaged();
  // POSIX counts offsets west of Greenwich; here they count east.
  const std::optional<std::int64_t> west = scanner.take_time(kOffsetHoursMax);
  if (!west) return damaged();
  PosixTz rule{.standard_offset = -*west, .dst = std::nullopt};
  if (scanner.at_end()) return rule;

  if (!scanner.take_name()) return damaged();
  Dst dst{.offset = rule.standard_offset + kSecondsPerHour, .begins = {}, .ends = {}};
  if (!scanner.next_is(',')) {
    const std::optional<std::int64_t> dst_west = scanner.take_time(kOffsetHoursMax);
    if (!dst_west) return damaged();
    dst.offset = -*dst_west;
  }
  if (!scanner.take(',')) return damaged();
  const std::optional<YearlyMoment> begins = scanner.take_moment();
  if (!begins || !scanner.take(',')) return damaged();
  const std::optional<YearlyMoment> ends = scanner.take_moment();
  if (!ends || !scanner.at_end()) return damaged();
  dst.begins = *begins;
  dst.ends = *ends;
  rule.dst = dst;
  return rule;
}

}  // namespace carillon
