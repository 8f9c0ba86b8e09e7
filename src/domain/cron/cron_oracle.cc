#include "domain/cron/cron_oracle.h"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace carillon::testing {
namespace {

constexpr std::size_t kSeconds = 0;
constexpr std::size_t kMinutes = 1;
constexpr std::size_t kHours = 2;
constexpr std::size_t kMonthDay = 3;
constexpr std::size_t kMonth = 4;
constexpr std::size_t kWeekday = 5;
constexpr std::size_t kYear = 6;

int last_day(int year, int month) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  static const int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month - 1];
}

// Sakamoto's method; 0 = Sunday.
int weekday(int year, int month, int day) {
  static const int kOffsets[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
  if (month < 3) --year;
  return (year + year / 4 - year / 100 + year / 400 + kOffsets[month - 1] + day) % 7;
}

int nearest_working_day(int year, int month, int day) {
  // Walks outwards: one day back, one on, two back, two on, and stays inside the month.
  for (const int by : {0, -1, 1, -2, 2}) {
    const int candidate = day + by;
    if (candidate < 1 || candidate > last_day(year, month)) continue;
    const int w = weekday(year, month, candidate);
    if (w != 0 && w != 6) return candidate;
  }
  return 0;
}

std::vector<std::string> parts(const std::string& text, char separator) {
  std::vector<std::string> found;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) found.push_back(part);
  return found;
}

bool is_number(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

int number(CronDialect dialect, int field, const std::string& text) {
  if (is_number(text)) return std::stoi(text);
  static const std::vector<std::string> kMonths{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
  static const std::vector<std::string> kDays{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
  const auto& names = field == kMonth ? kMonths : kDays;
  const int index = static_cast<int>(std::ranges::find(names, text) - names.begin());
  if (field == kMonth || dialect == CronDialect::quartz) return index + 1;
  return index == 0 && dialect == CronDialect::spring ? 7 : index;
}

}  // namespace

CronOracle::CronOracle(std::string_view expression, CronDialect dialect) : dialect_(dialect) {
  std::stringstream stream{std::string(expression)};
  if (dialect == CronDialect::unix_cron) fields_.emplace_back("0");
  for (std::string field; stream >> field;) {
    for (char& c : field) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    fields_.push_back(field);
  }
  if (fields_.size() == 6) fields_.emplace_back("*");
  plain_.resize(fields_.size());
  for (std::size_t field = 0; field < fields_.size(); ++field) {
    items_.push_back(parts(fields_[field], ','));
    if (field == kMonthDay || field == kWeekday) continue;
    const int past_last = field == kYear ? 2200 : 60;
    for (int value = 0; value < past_last; ++value) {
      plain_[field].push_back(std::ranges::any_of(items_[field], [&](const std::string& item) {
        return plain_item(item, static_cast<int>(field), value);
      }));
    }
  }
}

bool CronOracle::plain_item(const std::string& item, int field, int value) const {
  static const int kLow[] = {0, 0, 0, 1, 1, 0, 1970};
  static const int kHigh[] = {59, 59, 23, 31, 12, 7, 2199};
  const bool quartz_week = field == kWeekday && dialect_ == CronDialect::quartz;
  const bool spring_week = field == kWeekday && dialect_ == CronDialect::spring;
  const int low = quartz_week ? 1 : kLow[field];
  const int high = kHigh[field];
  const auto slash = item.find('/');
  const std::string range = item.substr(0, slash);
  const int step = slash == std::string::npos ? 1 : std::stoi(item.substr(slash + 1));
  int from = spring_week ? 1 : low;
  int to = high;
  if (range != "*" && !range.empty()) {
    const std::vector<std::string> ends = parts(range, '-');
    from = number(dialect_, field, ends[0]);
    if (ends.size() == 2) {
      to = number(dialect_, field, ends[1]);
      if (spring_week && from == 7) from = 0;
    } else if (slash == std::string::npos) {
      to = from;
    }
  }
  // Walk from `from` to `to`, over the end of the field if need be, and look at every step-th
  // value.
  int steps = 0;
  for (int v = from;; v = v == high ? low : v + 1) {
    if (steps % step == 0 && v == value) return true;
    if (v == to) return false;
    ++steps;
  }
}

bool CronOracle::any_plain_item(std::size_t field, int value) const {
  return plain_[field][static_cast<std::size_t>(value)];
}

bool CronOracle::weekday_item(const std::string& item, const OracleTime& t) const {
  const int today = weekday(t.year, t.month, t.day);
  const auto day_of = [&](const std::string& text) {
    const int value = number(dialect_, kWeekday, text);
    return dialect_ == CronDialect::quartz ? value - 1 : value % 7;
  };
  if (item == "?") return true;
  if (item == "L") return today == 6;
  if (const auto mark = item.find('#'); mark != std::string::npos) {
    return today == day_of(item.substr(0, mark)) &&
           (t.day - 1) / 7 + 1 == std::stoi(item.substr(mark + 1));
  }
  if (item.back() == 'L') {
    return today == day_of(item.substr(0, item.size() - 1)) &&
           t.day + 7 > last_day(t.year, t.month);
  }
  if (dialect_ == CronDialect::quartz) return plain_item(item, kWeekday, today + 1);
  return plain_item(item, kWeekday, today) || (today == 0 && plain_item(item, kWeekday, 7));
}

bool CronOracle::month_day_item(const std::string& item, const OracleTime& t) const {
  const int last = last_day(t.year, t.month);
  if (item == "?") return true;
  if (item == "LW") return t.day == nearest_working_day(t.year, t.month, last);
  if (item == "L") return t.day == last;
  if (item.starts_with("L-")) {
    const int day = last - std::stoi(item.substr(2));
    if (day < 1) return false;
    return t.day == (item.back() == 'W' ? nearest_working_day(t.year, t.month, day) : day);
  }
  if (item.back() == 'W') {
    const int day = std::stoi(item);
    return day <= last && t.day == nearest_working_day(t.year, t.month, day);
  }
  return plain_item(item, kMonthDay, t.day);
}

bool CronOracle::matches_day(const OracleTime& t) const {
  if (!any_plain_item(kMonth, t.month) || !any_plain_item(kYear, t.year)) return false;
  const std::string& month_day = fields_[kMonthDay];
  const std::string& week_day = fields_[kWeekday];
  const bool by_month = std::ranges::any_of(
      items_[kMonthDay], [&](const auto& item) { return month_day_item(item, t); });
  const bool by_week = std::ranges::any_of(parts(week_day, ','),
                                           [&](const auto& item) { return weekday_item(item, t); });
  const bool either =
      dialect_ == CronDialect::unix_cron && month_day[0] != '*' && week_day[0] != '*';
  return either ? by_month || by_week : by_month && by_week;
}

bool CronOracle::matches_time(const OracleTime& t) const {
  return any_plain_item(kMinutes, t.minute) && any_plain_item(kHours, t.hour) &&
         any_plain_item(kSeconds, t.second);
}

bool CronOracle::is_wildcard() const {
  return fields_[kSeconds][0] == '*' || fields_[kMinutes][0] == '*' || fields_[kHours][0] == '*';
}

}  // namespace carillon::testing
