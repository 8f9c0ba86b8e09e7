#include "domain/cron/never_fires.h"

#include <string>

#include <fmt/format.h>

#include "domain/cron/field_rules.h"

namespace carillon {
namespace {

constexpr std::uint8_t kEveryWeekday = 0x7f;
constexpr std::uint16_t kEveryMonth = 0x1ffe;

bool fires(const CronFields& fields) {
  return CronExpression(fields).first_in(kLocalBegin, kLocalEnd).has_value();
}

std::string month_list(std::uint16_t months) {
  std::string list;
  for (int month = 1; month <= 12; ++month) {
    if ((months >> month & 1) == 0) continue;
    if (!list.empty()) list += ',';
    list += month_name(month);
  }
  return list;
}

// `day 30` for numbers, else as written: `L-30`.
std::string shown_days(std::string_view text) {
  const bool numbers = text.find_first_not_of("0123456789,-") == std::string_view::npos;
  return numbers ? fmt::format("day {}", text) : std::string(text);
}

}  // namespace

std::optional<CronFault> find_never_fires(const CronExpression& expression, const DayTexts& texts) {
  if (expression.next(LocalTime::from_ms(kLocalBegin.ms() - 1))) return std::nullopt;
  CronFault fault{.code = ErrorCode::cron_never_fires,
                  .field = CronField::day_of_month,
                  .position = texts.day_of_month.column,
                  .token = std::string(texts.day_of_month.text),
                  .message = {},
                  .hint = {}};
  const std::string days = shown_days(texts.day_of_month.text);
  const std::string months = month_list(expression.fields().months);

  CronFields any_weekday = expression.fields();
  any_weekday.days.weekdays = kEveryWeekday;
  if (fires(any_weekday)) {
    const bool every_month = expression.fields().months == kEveryMonth;
    fault.message = fmt::format("{}{} never falls on {}{}.", days,
                                every_month ? "" : fmt::format(" of {}", months), texts.day_of_week,
                                texts.year.empty() ? "" : fmt::format(" in {}", texts.year));
    fault.hint = "Both day fields must match; write * in one of them.";
    return fault;
  }
  CronFields any_year = any_weekday;
  any_year.years.set();
  const bool year_excludes = fires(any_year);
  fault.message = fmt::format("{} does not exist in {}{}.", days, months,
                              year_excludes ? fmt::format(" {}", texts.year) : "");
  fault.hint = "Use L for the last day of the month.";
  return fault;
}

}  // namespace carillon
