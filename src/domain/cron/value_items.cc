#include "domain/cron/value_items.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "domain/cron/field_rules.h"

namespace carillon {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool starts_with_letter(CronToken token) {
  return !token.text.empty() && is_letter(token.text.front());
}

// A value or range as written, and the values it runs through.
struct Span {
  enum class Form : std::uint8_t { star, value, range };
  Form form = Form::star;
  CronToken token;
  int first = 0;
  int last = 0;
};

std::string hint_for_unreadable(const FieldScope& scope, std::string_view text) {
  constexpr std::size_t kNameLength = 3;
  const std::string_view start = text.substr(0, kNameLength);
  const std::optional<int> value = value_of_name(scope.field, scope.dialect, start);
  if (!value) return {};
  return fmt::format("Write {}.", name_of_value(scope.field, scope.dialect, *value));
}

std::string from_to(int first, int last) {
  return first == last ? fmt::to_string(first) : fmt::format("{}-{}", first, last);
}

// A range that runs backwards, written the way that spring and unix understand.
std::string spelled_out(const FieldScope& scope, const Span& span) {
  const FieldLimits limits = limits_of(scope.field, scope.dialect);
  const bool unix_week =
      scope.dialect == CronDialect::unix_cron && scope.field == CronField::day_of_week;
  if (unix_week && span.last == 0) return from_to(span.first, 7);
  if (scope.field == CronField::year) return from_to(span.last, span.first);
  if (!starts_with_letter(span.token)) {
    const int high = scope.field == CronField::day_of_week ? limits.low + 6 : limits.high;
    return fmt::format("{},{}", from_to(span.first, high), from_to(limits.low, span.last));
  }
  const bool week = scope.field == CronField::day_of_week;
  const int low = week ? 0 : limits.low;
  const int count = week ? 7 : limits.high;
  std::string list = name_of_value(scope.field, scope.dialect, span.first);
  for (int value = span.first; value % count != span.last % count;) {
    value = value + 1 >= low + count ? low : value + 1;
    list += ',' + name_of_value(scope.field, scope.dialect, value);
  }
  return list;
}

bool wraps_around(const FieldScope& scope) {
  return scope.dialect == CronDialect::quartz && scope.field != CronField::year;
}

std::optional<Span> parse_range(const FieldScope& scope, CronToken token, std::size_t dash) {
  const CronToken low = token.first(dash);
  const CronToken high = token.from(dash + 1);
  if (low.text.empty() || high.text.empty()) {
    scope.refuse(ErrorCode::cron_bad_token, low.text.empty() ? token : high,
                 fmt::format("{}: a value is missing {} '-'.", scope.field_name(),
                             low.text.empty() ? "before" : "after"));
    return std::nullopt;
  }
  const std::optional<int> first = parse_value(scope, low);
  const std::optional<int> last = parse_value(scope, high);
  if (!first || !last) return std::nullopt;
  Span span{.form = Span::Form::range, .token = token, .first = *first, .last = *last};
  // As the start of a range Sunday is 0, not 7 (Spring).
  const bool spring_week =
      scope.dialect == CronDialect::spring && scope.field == CronField::day_of_week;
  if (spring_week && span.first == 7) span.first = 0;
  if (span.first > span.last && !wraps_around(scope)) {
    std::string hint = fmt::format("Write {}", spelled_out(scope, span));
    hint += scope.dialect == CronDialect::spring ? "; quartz allows this range." : ".";
    scope.refuse(ErrorCode::cron_reversed_range, token,
                 fmt::format("{} runs backwards.", token.text), std::move(hint));
    return std::nullopt;
  }
  return span;
}

std::optional<Span> parse_span(const FieldScope& scope, CronToken token) {
  const FieldLimits limits = limits_of(scope.field, scope.dialect);
  const bool whole_field =
      token.text == "*" || (token.text.empty() && scope.dialect == CronDialect::quartz);
  if (whole_field) {
    return Span{.token = token, .first = limits.star_low, .last = limits.high};
  }
  if (token.text.empty()) {
    scope.refuse(ErrorCode::cron_bad_token, token,
                 fmt::format("{}: a value is missing before '/'.", scope.field_name()));
    return std::nullopt;
  }
  const std::size_t dash = token.text.find('-');
  if (dash != std::string_view::npos) return parse_range(scope, token, dash);
  const std::optional<int> value = parse_value(scope, token);
  if (!value) return std::nullopt;
  return Span{.form = Span::Form::value, .token = token, .first = *value, .last = *value};
}

// Whether the dialect's reference honours a step behind this span.
bool takes_step(const FieldScope& scope, const Span& span, CronToken item) {
  const FieldLimits limits = limits_of(scope.field, scope.dialect);
  const std::string_view step = item.text.substr(span.token.text.size());
  if (scope.dialect == CronDialect::unix_cron && span.form == Span::Form::value) {
    scope.refuse(
        ErrorCode::cron_bad_step, item,
        fmt::format("{}: unix cron takes a step only after * or a range.", scope.field_name()),
        fmt::format("Write {}{}.", from_to(span.first, limits.high), step));
    return false;
  }
  const bool named =
      span.form != Span::Form::star && std::ranges::any_of(span.token.text, is_letter);
  if (scope.dialect == CronDialect::quartz && named) {
    scope.refuse(ErrorCode::cron_bad_step, item,
                 fmt::format("{}: Quartz drops a step after a name.", scope.field_name()),
                 fmt::format("Write {}{}.", from_to(span.first, span.last), step));
    return false;
  }
  return true;
}

std::optional<int> parse_step(const FieldScope& scope, CronToken token) {
  if (token.text.empty()) {
    scope.refuse(ErrorCode::cron_bad_token, token,
                 fmt::format("{}: a step is missing after '/'.", scope.field_name()));
    return std::nullopt;
  }
  const std::optional<int> step = parse_number(scope, token);
  if (!step) return std::nullopt;
  const FieldLimits limits = limits_of(scope.field, scope.dialect);
  if (*step < 1) {
    scope.refuse(ErrorCode::cron_bad_step, token, "a step must be at least 1.");
    return std::nullopt;
  }
  if (*step > limits.step_max) {
    scope.refuse(
        ErrorCode::cron_bad_step, token,
        fmt::format("{}: a step is at most {} in quartz.", scope.field_name(), limits.step_max));
    return std::nullopt;
  }
  if (*step > limits.span) {
    scope.findings->warnings.push_back(
        {.code = CronWarningCode::step_too_large,
         .position = token.column,
         .message = fmt::format("{}: a step of {} leaves only the first value.", scope.field_name(),
                                *step),
         .hint = "Write that value alone if it is what you mean."});
  }
  return *step;
}

void add_members(const FieldScope& scope, const Span& span, int step, CronValueSet& members) {
  const FieldLimits limits = limits_of(scope.field, scope.dialect);
  const int count = limits.high - limits.low + 1;
  // A range that wraps around counts on past the end of the field.
  const int last = span.last < span.first ? span.last + count : span.last;
  for (int value = span.first; value <= last; value += step) {
    const int inside = value > limits.high ? value - count : value;
    members.set(member_of_value(scope.field, scope.dialect, inside));
  }
}

}  // namespace

std::optional<int> parse_number(const FieldScope& scope, CronToken token) {
  constexpr std::size_t kDigitsMax = 4;
  if (token.text.empty() || !std::ranges::all_of(token.text, is_digit)) {
    scope.refuse(ErrorCode::cron_bad_token, token,
                 fmt::format("{}: {} is not a number.", scope.field_name(), token.text));
    return std::nullopt;
  }
  if (token.text.size() > kDigitsMax) {
    scope.refuse(ErrorCode::cron_bad_token, token,
                 fmt::format("{}: a number has at most 4 digits.", scope.field_name()));
    return std::nullopt;
  }
  int value = 0;
  for (const char c : token.text) value = value * 10 + (c - '0');
  return value;
}

std::optional<int> parse_value(const FieldScope& scope, CronToken token) {
  if (const auto named = value_of_name(scope.field, scope.dialect, token.text)) return named;
  const bool has_names = scope.field == CronField::month || scope.field == CronField::day_of_week;
  if (has_names && starts_with_letter(token)) {
    scope.refuse(ErrorCode::cron_bad_token, token,
                 fmt::format("{}: {} is not a name.", scope.field_name(), token.text),
                 hint_for_unreadable(scope, token.text));
    return std::nullopt;
  }
  const std::optional<int> value = parse_number(scope, token);
  if (!value) return std::nullopt;
  const FieldLimits limits = limits_of(scope.field, scope.dialect);
  if (*value >= limits.low && *value <= limits.high) return value;
  const bool quartz_zero =
      scope.dialect == CronDialect::quartz && scope.field == CronField::day_of_week && *value == 0;
  scope.refuse(
      ErrorCode::cron_value_range, token,
      fmt::format("{}: {} is outside {}-{}.", scope.field_name(), *value, limits.low, limits.high),
      quartz_zero ? "In quartz 1 is SUN. Write the name." : "");
  return std::nullopt;
}

void parse_value_item(const FieldScope& scope, CronToken item, CronValueSet& members) {
  const std::size_t slash = item.text.find('/');
  const std::optional<Span> span = parse_span(scope, item.first(slash));
  if (slash == std::string_view::npos) {
    if (span) add_members(scope, *span, 1, members);
    return;
  }
  const std::optional<int> step = parse_step(scope, item.from(slash + 1));
  if (!span || !step || !takes_step(scope, *span, item)) return;
  Span stepped = *span;
  if (stepped.form == Span::Form::value) {
    stepped.last = limits_of(scope.field, scope.dialect).high;
  }
  add_members(scope, stepped, *step, members);
}

}  // namespace carillon
