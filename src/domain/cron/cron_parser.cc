#include "domain/cron/cron_parser.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"
#include "domain/cron/cron_macros.h"
#include "domain/cron/cron_token.h"
#include "domain/cron/day_items.h"
#include "domain/cron/field_rules.h"
#include "domain/cron/field_scope.h"
#include "domain/cron/never_fires.h"
#include "domain/cron/value_items.h"

namespace carillon {
namespace {

constexpr std::uint32_t kEveryDay = 0xfffffffe;
constexpr std::uint8_t kEveryWeekday = 0x7f;

// What one field holds, whichever field it is.
struct FieldValues {
  CronToken token;
  CronValueSet members;
  CronDays day_items;  // Only the members that the field's day items set.
  bool is_question = false;
};

bool is_star(CronToken token) { return token.text.starts_with('*'); }

bool is_day_field(CronField field) {
  return field == CronField::day_of_month || field == CronField::day_of_week;
}

// Tokens that some cron has and no dialect of ours. True when a fault was noted.
bool refuse_foreign(const FieldScope& scope, CronToken item) {
  const std::string_view text = item.text;
  const bool hashed = text == "H" || text.starts_with("H/") || text.starts_with("H(");
  if (hashed || text.find('~') != std::string_view::npos) {
    scope.refuse(ErrorCode::cron_unsupported, item,
                 fmt::format("{} cron has no {}.", scope.dialect_name(), hashed ? 'H' : '~'),
                 "Set jitterMs to spread the load.");
    return true;
  }
  if (text.find('?') == std::string_view::npos) return false;
  if (scope.dialect == CronDialect::unix_cron) {
    scope.refuse(ErrorCode::cron_unsupported, item, "unix cron has no ?.", "Write `*`.");
  } else {
    scope.refuse(ErrorCode::cron_bad_token, item,
                 fmt::format("{}: ? stands alone, and only in a day field.", scope.field_name()),
                 "Write `*`.");
  }
  return true;
}

void parse_item(const FieldScope& scope, CronToken item, FieldValues& values) {
  if (refuse_foreign(scope, item)) return;
  if (!is_day_item(scope.field, item)) return parse_value_item(scope, item, values.members);
  if (scope.dialect == CronDialect::unix_cron) return refuse_day_item(scope, item);
  if (scope.dialect == CronDialect::quartz && item.text.size() != values.token.text.size()) {
    return refuse_in_list(scope, item);
  }
  parse_day_item(scope, item, values.day_items);
}

FieldValues parse_field(const FieldScope& scope, CronToken field) {
  FieldValues values{.token = field, .members = {}, .day_items = {}};
  if (field.text == "?" && is_day_field(scope.field) && scope.dialect != CronDialect::unix_cron) {
    values.is_question = true;
    return values;
  }
  for (const CronToken& item : split_items(field)) {
    if (!item.text.empty()) {
      parse_item(scope, item, values);
      continue;
    }
    const bool leading = item.column == field.column;
    scope.refuse(ErrorCode::cron_bad_token, item,
                 fmt::format("{}: a value is missing {} ','.", scope.field_name(),
                             leading ? "before" : "after"));
  }
  return values;
}

// The fields of an expression, by CronField.
using Parts = std::array<std::optional<FieldValues>, 7>;

const FieldValues& part(const Parts& parts, CronField field) {
  const std::optional<FieldValues>& values = parts[static_cast<std::size_t>(field)];
  CARILLON_CHECK(values.has_value());
  return *values;
}

Parts parse_fields(FieldScope scope, const std::vector<CronToken>& fields) {
  Parts parts;
  std::size_t index = scope.dialect == CronDialect::unix_cron ? 1 : 0;  // No seconds there.
  for (const CronToken& field : fields) {
    scope.field = static_cast<CronField>(index);
    parts[index] = parse_field(scope, field);
    ++index;
  }
  return parts;
}

void check_quartz_days(FieldScope scope, const Parts& parts) {
  const FieldValues& month_day = part(parts, CronField::day_of_month);
  const FieldValues& weekday = part(parts, CronField::day_of_week);
  if (month_day.is_question != weekday.is_question) return;
  // Which field gives way: a plain star says nothing, so it is the one to replace.
  const bool replace_month_day = month_day.token.text == "*" && weekday.token.text != "*";
  const CronToken replaced =
      month_day.is_question || replace_month_day ? month_day.token : weekday.token;
  const bool fixable = month_day.is_question || replace_month_day || weekday.token.text == "*";
  std::string hint = "Use spring, where both day fields must match.";
  if (fixable) {
    std::string better(scope.whole);
    better.replace(replaced.column - 1, replaced.text.size(), month_day.is_question ? "*" : "?");
    hint = fmt::format("Write `{}`, or use spring.", better);
  }
  scope.field = CronField::day_of_month;
  scope.refuse(ErrorCode::cron_day_conflict, month_day.token,
               "quartz needs ? in exactly one day field.", std::move(hint));
}

std::uint64_t low_bits(const CronValueSet& members) {
  constexpr std::uint64_t kAll = ~0ULL;
  return (members & CronValueSet(kAll)).to_ullong();
}

CronDays joined_days(const Parts& parts, CronDialect dialect) {
  const FieldValues& month_day = part(parts, CronField::day_of_month);
  const FieldValues& weekday = part(parts, CronField::day_of_week);
  CronDays days = month_day.day_items;
  days.days =
      month_day.is_question ? kEveryDay : static_cast<std::uint32_t>(low_bits(month_day.members));
  days.weekdays =
      weekday.is_question
          ? kEveryWeekday
          : static_cast<std::uint8_t>(low_bits(weekday.members) | weekday.day_items.weekdays);
  days.last_weekdays = weekday.day_items.last_weekdays;
  days.nth_weekdays = weekday.day_items.nth_weekdays;
  const bool either =
      dialect == CronDialect::unix_cron && !is_star(month_day.token) && !is_star(weekday.token);
  days.joined = either ? CronDays::Joined::either : CronDays::Joined::both;
  return days;
}

CronFields combined(const Parts& parts, CronDialect dialect) {
  const std::optional<FieldValues>& seconds = parts[static_cast<std::size_t>(CronField::seconds)];
  const std::optional<FieldValues>& years = parts[static_cast<std::size_t>(CronField::year)];
  const FieldValues& minutes = part(parts, CronField::minutes);
  const FieldValues& hours = part(parts, CronField::hours);
  const bool wildcard =
      (seconds && is_star(seconds->token)) || is_star(minutes.token) || is_star(hours.token);
  return {.times = {.seconds = seconds ? low_bits(seconds->members) : 1,
                    .minutes = low_bits(minutes.members),
                    .hours = static_cast<std::uint32_t>(low_bits(hours.members))},
          .days = joined_days(parts, dialect),
          .months = static_cast<std::uint16_t>(low_bits(part(parts, CronField::month).members)),
          .years = years ? years->members : ~CronYears(),
          .shape = wildcard ? CronShape::wildcard : CronShape::fixed};
}

// A numeric weekday beside `?` is how Quartz users write; there the numbers mean other days.
void warn_of_quartz(const FieldScope& scope, const Parts& parts) {
  const FieldValues& weekday = part(parts, CronField::day_of_week);
  const bool question = part(parts, CronField::day_of_month).is_question || weekday.is_question;
  const std::string_view text = weekday.token.text;
  const std::size_t digit = text.find_first_of("01234567");
  // A digit behind # or / counts or steps, it is no weekday.
  const bool numeric = digit != std::string_view::npos &&
                       (digit == 0 || text[digit - 1] == ',' || text[digit - 1] == '-');
  if (!question || !numeric) return;
  const int value = text[digit] - '0';
  const std::string here = name_of_value(CronField::day_of_week, CronDialect::spring, value);
  const std::string there =
      value == 0 ? "no day" : name_of_value(CronField::day_of_week, CronDialect::quartz, value);
  scope.findings->warnings.push_back(
      {.code = CronWarningCode::looks_like_quartz,
       .position = weekday.token.column + static_cast<std::uint32_t>(digit),
       .message = fmt::format("{} is {} here and {} in quartz.", value, here, there),
       .hint = "Write the name or set cronDialect."});
}

void warn_of_either_day(const FieldScope& scope, const Parts& parts) {
  const CronToken month_day = part(parts, CronField::day_of_month).token;
  const CronToken weekday = part(parts, CronField::day_of_week).token;
  scope.findings->warnings.push_back(
      {.code = CronWarningCode::day_or,
       .position = month_day.column,
       .message = fmt::format("runs on day {} and also on every {}: unix cron takes either.",
                              month_day.text, weekday.text),
       .hint = fmt::format("Use spring if both must match: `0 {}`.", scope.whole)});
}

bool is_right_count(CronDialect dialect, std::size_t count) {
  const std::optional<CronDialect> usual = dialect_of_count(count);
  return usual == dialect || (dialect == CronDialect::quartz && usual == CronDialect::spring);
}

std::string hint_for_count(const FieldScope& scope, std::size_t count) {
  const std::optional<CronDialect> fitting = dialect_of_count(count);
  if (!fitting) {
    return scope.dialect == CronDialect::unix_cron
               ? "The fields are: minutes hours day month weekday."
               : "The fields are: seconds minutes hours day month weekday.";
  }
  const std::string other = fmt::format("or set cronDialect to {}.", word_of(*fitting));
  if (fitting == CronDialect::unix_cron)
    return fmt::format("Add the seconds: `0 {}`, {}", scope.whole, other);
  if (fitting == CronDialect::spring) return fmt::format("Remove the seconds, {}", other);
  return fmt::format("Remove the year, {}", other);
}

void refuse_count(const FieldScope& scope, std::size_t count) {
  if (scope.dialect == CronDialect::auto_detect) {
    return scope.refuse(ErrorCode::cron_field_count, {.text = scope.whole},
                        fmt::format("a cron expression has 5, 6 or 7 fields, found {}.", count),
                        "5 are unix, 6 spring (seconds in front), 7 quartz (a year at the end).");
  }
  const std::string_view needed = scope.dialect == CronDialect::unix_cron ? "5"
                                  : scope.dialect == CronDialect::spring  ? "6"
                                                                          : "6 or 7";
  scope.refuse(ErrorCode::cron_field_count, {.text = scope.whole},
               fmt::format("{} needs {} fields, found {}.", scope.dialect_name(), needed, count),
               hint_for_count(scope, count));
}

// Faults that make looking at the fields pointless. True when one was noted.
bool refuse_text(const FieldScope& scope, std::string_view text) {
  if (text.size() > kCronTextMax) {
    scope.refuse(ErrorCode::cron_bad_token, {.text = {}},
                 fmt::format("the expression is longer than {} characters.", kCronTextMax),
                 "Use several entries in crons.");
    return true;
  }
  const auto strange =
      std::ranges::find_if(text, [](char c) { return (c < ' ' && c != '\t') || c > '~'; });
  if (strange != text.end()) {
    const auto offset = static_cast<std::uint32_t>(strange - text.begin());
    scope.refuse(ErrorCode::cron_bad_token, {.text = {}, .column = offset + 1},
                 "a character is not printable ASCII.", "Retype this character.");
    return true;
  }
  for (const std::string_view prefix : {"CRON_TZ=", "TZ="}) {
    if (!text.starts_with(prefix)) continue;
    const CronToken token = split_fields(text).front();
    scope.refuse(ErrorCode::cron_unsupported, token, "a time zone has no place in the expression.",
                 fmt::format("Set timeZone to {}.", token.text.substr(prefix.size())));
    return true;
  }
  return false;
}

// Turns the fields into an expression unless a fault was noted.
std::optional<ParsedCron> finish(const FieldScope& scope, const Parts& parts,
                                 CronDialect requested) {
  CronFindings& findings = *scope.findings;
  if (scope.dialect == CronDialect::quartz) check_quartz_days(scope, parts);
  if (!findings.faults.empty()) return std::nullopt;
  ParsedCron parsed{.expression = CronExpression(combined(parts, scope.dialect)),
                    .dialect = scope.dialect};
  const auto& year = parts[static_cast<std::size_t>(CronField::year)];
  const std::optional<CronFault> never = find_never_fires(
      parsed.expression, {.day_of_month = part(parts, CronField::day_of_month).token,
                          .day_of_week = part(parts, CronField::day_of_week).token.text,
                          .year = year ? year->token.text : std::string_view{}});
  if (never) {
    findings.faults.push_back(*never);
    return std::nullopt;
  }
  // Who names the dialect knows it, so only a guess is doubted.
  const bool guessed =
      requested == CronDialect::auto_detect && scope.dialect == CronDialect::spring;
  if (guessed) warn_of_quartz(scope, parts);
  if (parsed.expression.fields().days.joined == CronDays::Joined::either) {
    warn_of_either_day(scope, parts);
  }
  parsed.warnings = std::move(findings.warnings);
  return parsed;
}

// Parses into the findings; without a result they hold at least one fault.
std::optional<ParsedCron> parse_into(CronFindings& findings, std::string_view text,
                                     CronDialect requested) {
  FieldScope scope{.dialect = requested, .whole = text, .findings = &findings};
  if (refuse_text(scope, text)) return std::nullopt;
  std::string spaced(text);
  std::ranges::replace(spaced, '\t', ' ');  // Hints quote it as something to paste.
  scope.whole = spaced;
  std::string expanded;
  if (is_macro(text)) {
    if (requested == CronDialect::auto_detect) scope.dialect = CronDialect::spring;
    expanded = expand_macro(scope, text);
    if (expanded.empty()) return std::nullopt;
    scope.whole = expanded;
  }
  const std::vector<CronToken> fields = split_fields(scope.whole);
  if (scope.dialect == CronDialect::auto_detect) {
    const std::optional<CronDialect> found = dialect_of_count(fields.size());
    if (found) scope.dialect = *found;
  }
  if (!is_right_count(scope.dialect, fields.size())) {
    refuse_count(scope, fields.size());
    return std::nullopt;
  }
  return finish(scope, parse_fields(scope, fields), requested);
}

}  // namespace

std::expected<ParsedCron, CronFaults> parse_cron(std::string_view text, CronDialect dialect) {
  CronFindings findings;
  const std::string_view inner = trimmed(text);
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const auto indent = static_cast<std::uint32_t>(begin);
  std::optional<ParsedCron> parsed = parse_into(findings, inner, dialect);
  if (parsed) {
    for (CronWarning& warning : parsed->warnings) warning.position += indent;
    return std::move(*parsed);
  }
  for (CronFault& fault : findings.faults) fault.position += indent;
  std::ranges::sort(findings.faults, {}, &CronFault::position);
  return std::unexpected(std::move(findings.faults));
}

}  // namespace carillon
