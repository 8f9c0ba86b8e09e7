#include "domain/cron/day_items.h"

#include <optional>
#include <string>

#include <fmt/format.h>

#include "domain/cron/field_rules.h"
#include "domain/cron/value_items.h"

namespace carillon {
namespace {

constexpr int kLastOffsetMax = 30;
constexpr int kDaysMax = 31;
constexpr int kNthMax = 5;

bool is_one_of(char c, std::string_view characters) {
  return characters.find(c) != std::string_view::npos;
}

// Names of weekdays hold W but never L, so a W counts only where the item is no name or range of
// names.
bool has_weekday_mark(std::string_view text) {
  if (text.find('#') != std::string_view::npos) return true;
  return text.find_first_of("Ll") != std::string_view::npos;
}

std::optional<int> number_within(const FieldScope& scope, CronToken token, CronToken shown,
                                 int high) {
  const std::optional<int> value = parse_number(scope, token);
  if (!value || (*value >= 1 && *value <= high)) return value;
  const std::string_view prefix =
      shown.text.substr(0, static_cast<std::size_t>(token.text.data() - shown.text.data()));
  scope.refuse(ErrorCode::cron_value_range, shown,
               fmt::format("{}: {} is outside {}1 to {}{}.", scope.field_name(), shown.text, prefix,
                           prefix, high));
  return std::nullopt;
}

void refuse_unreadable(const FieldScope& scope, CronToken item) {
  const bool combined = item.text.find_first_of("/-") != std::string_view::npos;
  scope.refuse(ErrorCode::cron_bad_token, item,
               fmt::format("{}: {} cannot be read.", scope.field_name(), item.text),
               combined ? "L, W and # take no step and no range." : "");
}

// `L-3` and `L-3W`; the item begins with `L-`.
void parse_before_last(const FieldScope& scope, CronToken item, CronDays& days) {
  const bool working_day = is_one_of(item.text.back(), "Ww");
  const CronToken counted = item.first(item.text.size() - (working_day ? 1 : 0));
  if (counted.text.find_first_not_of("0123456789", 2) != std::string_view::npos ||
      counted.text.size() < 3) {
    return refuse_unreadable(scope, item);
  }
  if (working_day && scope.dialect == CronDialect::spring) {
    return scope.refuse(ErrorCode::cron_unsupported, item, "spring has no L-nW.",
                        "Use quartz, or LW for the last working day.");
  }
  const std::optional<int> offset = number_within(scope, counted.from(2), counted, kLastOffsetMax);
  if (!offset) return;
  (working_day ? days.last_weekday : days.days_before_last) |= 1U << *offset;
}

void parse_day_of_month(const FieldScope& scope, CronToken item, CronDays& days) {
  const std::string_view text = item.text;
  if (is_one_of(text.front(), "Ll")) {
    if (text.size() == 1) {
      days.days_before_last |= 1;
    } else if (text.size() == 2 && is_one_of(text[1], "Ww")) {
      days.last_weekday |= 1;
    } else if (text[1] == '-') {
      parse_before_last(scope, item, days);
    } else {
      refuse_unreadable(scope, item);
    }
    return;
  }
  const CronToken number = item.first(text.size() - 1);
  const bool is_working_day = is_one_of(text.back(), "Ww") && !number.text.empty() &&
                              number.text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!is_working_day) return refuse_unreadable(scope, item);
  const std::optional<int> day = parse_number(scope, number);
  if (!day) return;
  if (*day < 1 || *day > kDaysMax) {
    return scope.refuse(ErrorCode::cron_value_range, item,
                        fmt::format("{}: {} is outside 1W to 31W.", scope.field_name(), text));
  }
  days.nearest_weekday |= 1U << *day;
}

// The bit of a weekday written as number or name.
std::optional<std::uint8_t> weekday_bit(const FieldScope& scope, CronToken token) {
  const std::optional<int> value = parse_value(scope, token);
  if (!value) return std::nullopt;
  return static_cast<std::uint8_t>(
      1U << member_of_value(CronField::day_of_week, scope.dialect, *value));
}

void parse_nth_weekday(const FieldScope& scope, CronToken item, CronDays& days) {
  const std::size_t mark = item.text.find('#');
  const CronToken weekday = item.first(mark);
  const CronToken number = item.from(mark + 1);
  if (weekday.text.empty() || number.text.empty()) {
    return scope.refuse(ErrorCode::cron_bad_token, weekday.text.empty() ? item : number,
                        fmt::format("{}: a value is missing {} '#'.", scope.field_name(),
                                    weekday.text.empty() ? "before" : "after"));
  }
  const std::optional<std::uint8_t> bit = weekday_bit(scope, weekday);
  const std::optional<int> k = parse_number(scope, number);
  if (!bit || !k) return;
  if (*k < 1 || *k > kNthMax) {
    return scope.refuse(ErrorCode::cron_value_range, item,
                        fmt::format("{}: {} is outside {}#1 to {}#5.", scope.field_name(),
                                    item.text, weekday.text, weekday.text));
  }
  days.nth_weekdays[static_cast<std::size_t>(*k - 1)] |= *bit;
}

void parse_last_weekday(const FieldScope& scope, CronToken item, CronDays& days) {
  if (item.text.size() == 1) {
    if (scope.dialect == CronDialect::quartz) {
      days.weekdays |= 1U << 6;  // Quartz: L alone is the last day of the week.
      return;
    }
    return scope.refuse(ErrorCode::cron_bad_token, item, "day of week: L needs a day in front.",
                        "Write SATL for the last Saturday of the month, or SAT for every one.");
  }
  if (!is_one_of(item.text.back(), "Ll")) return refuse_unreadable(scope, item);
  const std::optional<std::uint8_t> bit = weekday_bit(scope, item.first(item.text.size() - 1));
  if (bit) days.last_weekdays |= *bit;
}

}  // namespace

bool is_day_item(CronField field, CronToken item) {
  if (field == CronField::day_of_month) {
    return item.text.find_first_of("LlWw#") != std::string_view::npos;
  }
  return field == CronField::day_of_week && has_weekday_mark(item.text);
}

void parse_day_item(const FieldScope& scope, CronToken item, CronDays& days) {
  if (scope.field == CronField::day_of_month) return parse_day_of_month(scope, item, days);
  if (item.text.find('#') != std::string_view::npos) return parse_nth_weekday(scope, item, days);
  parse_last_weekday(scope, item, days);
}

void refuse_day_item(const FieldScope& scope, CronToken item) {
  std::string mark(1, item.text[item.text.find_first_of("LlWw#")]);
  if (mark == "l" || mark == "w") mark.front() = mark == "l" ? 'L' : 'W';
  scope.refuse(ErrorCode::cron_unsupported, item,
               fmt::format("{} cron has no {}.", scope.dialect_name(), mark),
               fmt::format("Use spring: `0 {}`.", scope.whole));
}

void refuse_in_list(const FieldScope& scope, CronToken item) {
  // Quartz 2.3 throws for L, LW and dL beside other items, and drops the others beside # and W.
  const bool refused = item.text.find_first_of("Ll") != std::string_view::npos;
  scope.refuse(ErrorCode::cron_ambiguous_list, item,
               refused ? fmt::format("Quartz refuses {} in a list.", item.text)
                       : fmt::format("Quartz keeps only {} of this list.", item.text),
               "Use spring, or two entries in crons.");
}

}  // namespace carillon
