#include "domain/cron/cron_words.h"

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace carillon {
namespace {

using Names = std::vector<std::string>;

constexpr std::array<std::string_view, 7> kWeekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 13> kMonths{
    "",     "January", "February",  "March",   "April",    "May",     "June",
    "July", "August",  "September", "October", "November", "December"};
constexpr std::array<std::string_view, 5> kOrdinals{"first", "second", "third", "fourth", "fifth"};

constexpr std::uint64_t kAllOfSixty = (1ULL << 60) - 1;
constexpr std::uint32_t kAllHours = (1U << 24) - 1;
constexpr std::uint32_t kAllDays = 0xfffffffe;
constexpr std::uint8_t kAllWeekdays = 0x7f;
constexpr std::uint16_t kAllMonths = 0x1ffe;

std::vector<int> members(std::uint64_t set) {
  std::vector<int> values;
  for (; set != 0; set &= set - 1) values.push_back(static_cast<int>(std::countr_zero(set)));
  return values;
}

// `a`, `a and b`, `a, b and c`.
std::string joined(const Names& names, std::string_view last_word = "and") {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? fmt::format(" {} ", last_word) : ", ";
    text += names[i];
  }
  return text;
}

// Neighbours become `first to last` from three on.
template <class NameOf>
Names with_ranges(const std::vector<int>& values, NameOf name_of) {
  Names names;
  for (std::size_t i = 0; i < values.size();) {
    std::size_t end = i + 1;
    while (end < values.size() && values[end] == values[end - 1] + 1) ++end;
    if (end - i >= 3) {
      names.push_back(fmt::format("{} to {}", name_of(values[i]), name_of(values[end - 1])));
    } else {
      for (std::size_t j = i; j < end; ++j) names.push_back(std::string(name_of(values[j])));
    }
    i = end;
  }
  return names;
}

std::string number(int value) { return fmt::to_string(value); }

// The step of a set that holds every n-th of `count` values from 0 on; nothing for other sets.
std::optional<int> step_of(std::uint64_t set, int count) {
  const std::vector<int> values = members(set);
  if (values.size() < 2 || values.front() != 0) return std::nullopt;
  const int step = values[1];
  for (int i = 0; i < count; ++i) {
    if ((set >> i & 1) != (i % step == 0 ? 1U : 0U)) return std::nullopt;
  }
  return step;
}

// `every second`, `every 5 minutes`, `at minute 3 and 7`.
std::string unit_words(std::uint64_t set, int count, std::string_view unit) {
  if (const std::optional<int> step = step_of(set, count)) {
    if (*step == 1) return fmt::format("every {}", unit);
    const bool even = count % *step == 0;
    return even ? fmt::format("every {} {}s", *step, unit)
                : fmt::format("every {} {}s from {} 0 on", *step, unit, unit);
  }
  return fmt::format("at {} {}", unit, joined(with_ranges(members(set), number)));
}

// All times of a day when they are few, else nothing.
std::optional<std::string> clock_times(const CronTimes& times) {
  constexpr std::size_t kShownMax = 4;
  const std::vector<int> seconds = members(times.seconds);
  const std::vector<int> minutes = members(times.minutes);
  const std::vector<int> hours = members(times.hours);
  if (seconds.size() != 1 || minutes.size() * hours.size() > kShownMax) return std::nullopt;
  Names names;
  for (const int hour : hours) {
    for (const int minute : minutes) {
      names.push_back(seconds.front() == 0
                          ? fmt::format("{:02}:{:02}", hour, minute)
                          : fmt::format("{:02}:{:02}:{:02}", hour, minute, seconds.front()));
    }
  }
  return "at " + joined(names);
}

std::string hours_words(std::uint32_t hours) {
  if (step_of(hours, 24)) return "of " + unit_words(hours, 24, "hour");
  const auto name = [](int hour) { return fmt::format("{:02}", hour); };
  return "in the hours " + joined(with_ranges(members(hours), name));
}

std::string time_words(const CronTimes& times) {
  if (const std::optional<std::string> clock = clock_times(times)) return *clock;
  std::string text;
  const bool every_second = times.seconds == kAllOfSixty;
  const bool on_the_minute = times.seconds == 1;
  const bool every_minute = times.minutes == kAllOfSixty;
  if (!on_the_minute) text = unit_words(times.seconds, 60, "second");
  if (on_the_minute || !every_minute) {
    if (!text.empty()) text += every_second ? ", " : " ";
    text += unit_words(times.minutes, 60, "minute");
  }
  if (times.minutes == 1 && on_the_minute) {
    text = step_of(times.hours, 24) ? unit_words(times.hours, 24, "hour") : "on the hour";
    if (step_of(times.hours, 24)) return text;
  }
  return times.hours == kAllHours ? text : text + " " + hours_words(times.hours);
}

std::string weekday_name(int weekday) { return std::string(kWeekdays.at(weekday)); }

void add_before_last(Names& names, std::uint32_t set, std::string_view what) {
  for (const int offset : members(set)) {
    if (offset == 0) {
      names.push_back(fmt::format("the last {}", what));
    } else {
      names.push_back(fmt::format("{}{} day{} before the last day",
                                  what == "day" ? "" : "the working day nearest to ", offset,
                                  offset == 1 ? "" : "s"));
    }
  }
}

std::string month_day_words(const CronDays& days) {
  Names names;
  const Names numbers = with_ranges(members(days.days), number);
  if (!numbers.empty()) names.push_back("day " + joined(numbers));
  for (const int day : members(days.nearest_weekday)) {
    names.push_back(fmt::format("the working day nearest to day {}", day));
  }
  add_before_last(names, days.days_before_last, "day");
  add_before_last(names, days.last_weekday, "working day");
  return joined(names) + " of the month";
}

std::string week_day_words(const CronDays& days) {
  // Monday first, as in Monday to Friday; Sunday is the last.
  const std::uint32_t monday_first = days.weekdays >> 1 | (days.weekdays & 1U) << 6;
  Names names = with_ranges(members(monday_first),
                            [](int weekday) { return weekday_name((weekday + 1) % 7); });
  for (std::size_t k = 0; k < days.nth_weekdays.size(); ++k) {
    for (const int weekday : members(days.nth_weekdays[k])) {
      names.push_back(fmt::format("the {} {} of the month", kOrdinals[k], weekday_name(weekday)));
    }
  }
  for (const int weekday : members(days.last_weekdays)) {
    names.push_back(fmt::format("the last {} of the month", weekday_name(weekday)));
  }
  return joined(names);
}

std::string day_words(const CronDays& days) {
  const bool any_month_day = days.days == kAllDays;
  const bool any_weekday = days.weekdays == kAllWeekdays;
  if (days.joined == CronDays::Joined::either) {
    return fmt::format(" on {}, and on every {}", month_day_words(days), week_day_words(days));
  }
  if (any_month_day && any_weekday) return {};
  if (any_weekday) return " on " + month_day_words(days);
  if (any_month_day) return " on " + week_day_words(days);
  return fmt::format(" on {} if it is {}", month_day_words(days), week_day_words(days));
}

std::string year_words(const CronYears& years) {
  if (years.all()) return {};
  std::vector<int> values;
  for (std::size_t i = 0; i < years.size(); ++i) {
    if (years[i]) values.push_back(kFirstYear + static_cast<int>(i));
  }
  return " of " + joined(with_ranges(values, number));
}

}  // namespace

std::string in_words(const CronExpression& expression) {
  const CronFields& fields = expression.fields();
  std::string text = time_words(fields.times) + day_words(fields.days);
  if (fields.months != kAllMonths) {
    const auto name = [](int month) { return std::string(kMonths.at(month)); };
    text += " in " + joined(with_ranges(members(fields.months), name));
  }
  return text + year_words(fields.years);
}

}  // namespace carillon
