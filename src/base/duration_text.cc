#include "base/duration_text.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace carillon {
namespace {

constexpr std::int64_t kMsPerSecond = 1'000;
constexpr std::int64_t kMsPerMinute = 60 * kMsPerSecond;
constexpr std::int64_t kMsPerHour = 60 * kMsPerMinute;
constexpr std::int64_t kMsPerDay = 24 * kMsPerHour;
constexpr std::int64_t kMsMax = 100'000 * kMsPerDay;

struct Unit {
  std::string_view name;
  std::int64_t ms;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The text as a message may show it.
std::string quoted(std::string_view text) {
  constexpr std::size_t kShownMax = 40;
  return escape_control(text.substr(0, kShownMax));
}

std::unexpected<Error> too_long(std::string_view text) {
  return fail(ErrorCode::invalid_value,
              fmt::format("{} is longer than 100,000 days.", quoted(text)));
}

// Takes the digits in front. Stays at kMsMax + 1 when the number is larger than that.
std::optional<std::int64_t> take_digits(std::string_view& rest) {
  std::int64_t value = 0;
  std::size_t length = 0;
  while (length < rest.size() && is_digit(rest[length])) {
    value = value > kMsMax ? value : value * 10 + (rest[length] - '0');
    ++length;
  }
  rest.remove_prefix(length);
  return length == 0 ? std::nullopt : std::optional(value);
}

// Takes `.5` behind whole seconds and answers it in milliseconds, rounded up.
std::optional<std::int64_t> take_fraction(std::string_view& rest) {
  rest.remove_prefix(1);
  std::int64_t ms = 0;
  std::int64_t scale = kMsPerSecond / 10;
  std::int64_t round_up = 0;
  std::size_t length = 0;
  for (; length < rest.size() && is_digit(rest[length]); ++length) {
    ms += (rest[length] - '0') * scale;
    if (scale == 0 && rest[length] != '0') round_up = 1;
    scale /= 10;
  }
  rest.remove_prefix(length);
  return length == 0 ? std::nullopt : std::optional(ms + round_up);
}

// Adds count * unit; nothing when the sum is out of bounds.
bool add(std::int64_t& total, std::int64_t count, std::int64_t unit) {
  if (count > kMsMax / unit) return false;
  total += count * unit;
  return total <= kMsMax;
}

// The unit in front of rest, at or behind `next` in the list; moves both on.
const Unit* take_unit(std::string_view& rest, std::span<const Unit> units, std::size_t& next) {
  for (std::size_t i = next; i < units.size(); ++i) {
    if (!rest.starts_with(units[i].name)) continue;
    rest.remove_prefix(units[i].name.size());
    next = i + 1;
    return &units[i];
  }
  return nullptr;
}

std::unexpected<Error> not_iso(std::string_view text) {
  return fail(ErrorCode::invalid_value, fmt::format("{} is not a duration.", quoted(text)),
              "Write PnDTnHnMnS, for example PT15M, PT1H30M or P1D.");
}

// Units without a fixed length, or that the format leaves out. They stand before the T.
std::optional<Error> calendar_unit(std::string_view text, std::string_view rest) {
  if (rest.starts_with('Y') || rest.starts_with('M')) {
    return Error{
        .code = ErrorCode::invalid_value,
        .message = fmt::format("{} has years or months, which differ in length.", quoted(text)),
        .hint = "Use cronExpression, for example `0 0 0 1 * *` for every month."};
  }
  if (rest.starts_with('W')) {
    return Error{.code = ErrorCode::invalid_value,
                 .message = fmt::format("{} has weeks.", quoted(text)),
                 .hint = "Write days, for example P7D."};
  }
  return std::nullopt;
}

}  // namespace

Result<Duration> parse_iso_duration(std::string_view text) {
  constexpr std::array<Unit, 1> kDateUnits{{{"D", kMsPerDay}}};
  constexpr std::array<Unit, 3> kTimeUnits{
      {{"H", kMsPerHour}, {"M", kMsPerMinute}, {"S", kMsPerSecond}}};
  std::string_view rest = text;
  if (!rest.starts_with('P')) return not_iso(text);
  rest.remove_prefix(1);
  std::span<const Unit> units = kDateUnits;
  std::size_t next_unit = 0;
  std::int64_t total = 0;
  if (rest.empty()) return not_iso(text);
  while (!rest.empty()) {
    const bool time_begins = rest.front() == 'T' && units.data() == kDateUnits.data();
    if (time_begins) {
      rest.remove_prefix(1);
      units = kTimeUnits;
      next_unit = 0;
    }
    const std::optional<std::int64_t> count = take_digits(rest);
    if (!count) return not_iso(text);
    const bool has_fraction = rest.starts_with('.');
    const std::optional<std::int64_t> fraction = has_fraction ? take_fraction(rest) : 0;
    if (!fraction || (has_fraction && rest != "S")) return not_iso(text);
    if (units.data() == kDateUnits.data()) {
      if (std::optional<Error> error = calendar_unit(text, rest)) return fail(std::move(*error));
    }
    const Unit* unit = take_unit(rest, units, next_unit);
    if (unit == nullptr) return not_iso(text);
    if (!add(total, *count, unit->ms)) return too_long(text);
    total += *fraction;
  }
  return Duration::milliseconds(total);
}

Result<Duration> parse_short_duration(std::string_view text) {
  constexpr std::array<Unit, 6> kUnits{{{"w", 7 * kMsPerDay},
                                        {"d", kMsPerDay},
                                        {"h", kMsPerHour},
                                        {"m", kMsPerMinute},
                                        {"s", kMsPerSecond},
                                        {"ms", 1}}};
  std::string_view rest = text;
  std::size_t next_unit = 0;
  std::int64_t total = 0;
  do {
    const std::optional<std::int64_t> count = take_digits(rest);
    if (count && rest == "ms") next_unit = kUnits.size() - 1;  // Else its m would mean minutes.
    const bool has_fraction = rest.starts_with('.');
    const std::optional<std::int64_t> fraction = has_fraction ? take_fraction(rest) : 0;
    const bool is_whole = fraction && (!has_fraction || rest == "s");
    const Unit* unit = count && is_whole ? take_unit(rest, kUnits, next_unit) : nullptr;
    if (unit == nullptr) {
      return fail(ErrorCode::invalid_value, fmt::format("{} is not a duration.", quoted(text)),
                  "Write for example 500ms, 90s, 10m, 1h30m or 2d.");
    }
    if (!add(total, *count, unit->ms)) return too_long(text);
    total += *fraction;
  } while (!rest.empty());
  return Duration::milliseconds(total);
}

std::string to_iso_text(Duration d) {
  std::int64_t rest = d.ms();
  const std::int64_t days = rest / kMsPerDay;
  rest %= kMsPerDay;
  std::string text = days > 0 ? fmt::format("P{}D", days) : "P";
  if (rest == 0) return days > 0 ? text : "PT0S";
  text += 'T';
  if (rest >= kMsPerHour) text += fmt::format("{}H", rest / kMsPerHour);
  rest %= kMsPerHour;
  if (rest >= kMsPerMinute) text += fmt::format("{}M", rest / kMsPerMinute);
  rest %= kMsPerMinute;
  if (rest == 0) return text;
  std::string seconds = fmt::format("{}.{:03}", rest / kMsPerSecond, rest % kMsPerSecond);
  seconds.erase(seconds.find_last_not_of('0') + 1);
  if (seconds.back() == '.') seconds.pop_back();
  return text + seconds + 'S';
}

}  // namespace carillon
