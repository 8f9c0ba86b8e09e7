#include "cli/time_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "base/text.h"

namespace carillon::cli {
namespace {

struct Unit {
  std::string_view word;
  std::int64_t ms;
};

// `ms` stands before `m`, because the longest word is tried first.
constexpr std::array kShortUnits{Unit{"ms", 1},         Unit{"w", 604'800'000},
                                 Unit{"d", 86'400'000}, Unit{"h", 3'600'000},
                                 Unit{"m", 60'000},     Unit{"s", 1000}};
constexpr std::array kIsoDateUnits{Unit{"W", 604'800'000}, Unit{"D", 86'400'000}};
constexpr std::array kIsoTimeUnits{Unit{"H", 3'600'000}, Unit{"M", 60'000}, Unit{"S", 1000}};
constexpr std::int64_t kLongestMs = 3650LL * 86'400'000;

std::unexpected<Failure> bad_duration(std::string_view text) {
  return give_up(ExitCode::usage, fmt::format("'{}' is not a duration.", text),
                 "Write it like 5s, 10m, 2h, 1d, 1h30m or PT5S (at most 3650 days).");
}

// Takes digits with an optional fraction of at most three digits, as thousandths.
std::optional<std::int64_t> take_thousandths(std::string_view& text) {
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error != std::errc{} || whole < 0 || whole > kLongestMs || text.front() == '-') {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  std::int64_t thousandths = whole * 1000;
  if (text.empty() || text.front() != '.') return thousandths;
  text.remove_prefix(1);
  std::int64_t place = 100;
  bool any = false;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (place == 0) return std::nullopt;
    thousandths += (text.front() - '0') * place;
    place /= 10;
    any = true;
    text.remove_prefix(1);
  }
  return any ? std::optional(thousandths) : std::nullopt;
}

// Takes `<number><unit>` pairs to the end of the text and sums them up.
std::optional<std::int64_t> sum_of_pairs(std::string_view text, std::span<const Unit> units) {
  std::int64_t total = 0;
  while (!text.empty()) {
    const auto thousandths = take_thousandths(text);
    if (!thousandths) return std::nullopt;
    const auto unit = std::ranges::find_if(
        units, [&](const Unit& candidate) { return text.starts_with(candidate.word); });
    if (unit == units.end()) return std::nullopt;
    text.remove_prefix(unit->word.size());
    std::int64_t product = 0;
    if (__builtin_mul_overflow(*thousandths, unit->ms, &product)) return std::nullopt;
    if (product % 1000 != 0) return std::nullopt;  // Finer than a millisecond.
    total = Duration::add(total, product / 1000);
    if (total > kLongestMs) return std::nullopt;
  }
  return total;
}

std::optional<std::int64_t> iso_ms(std::string_view text) {
  text.remove_prefix(1);  // P
  const std::size_t time_mark = text.find('T');
  const std::string_view date = text.substr(0, time_mark);
  const std::string_view time =
      time_mark == std::string_view::npos ? std::string_view() : text.substr(time_mark + 1);
  if (date.empty() && time.empty()) return std::nullopt;
  const auto date_ms = sum_of_pairs(date, kIsoDateUnits);
  const auto time_ms = sum_of_pairs(time, kIsoTimeUnits);
  if (!date_ms || !time_ms) return std::nullopt;
  return *date_ms + *time_ms;
}

std::string unit_pair(std::int64_t ms, std::int64_t large, std::string_view words) {
  const std::int64_t small = words[1] == 'h' ? 3'600'000 : words[1] == 'm' ? 60'000 : 1000;
  const std::int64_t rest = ms % large / small;
  if (rest == 0) return fmt::format("{}{}", ms / large, words[0]);
  return fmt::format("{}{} {}{}", ms / large, words[0], rest, words[1]);
}

}  // namespace

CliResult<Duration> parse_duration(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return bad_duration(text);
  const auto ms = text.front() == 'P' ? iso_ms(text) : sum_of_pairs(text, kShortUnits);
  if (!ms || *ms > kLongestMs) return bad_duration(text);
  return Duration::milliseconds(*ms);
}

std::string iso_duration(Duration span) {
  std::int64_t ms = span.ms();
  if (ms == 0) return "PT0S";
  std::string out = "P";
  if (ms >= 86'400'000) out += fmt::format("{}D", ms / 86'400'000);
  ms %= 86'400'000;
  if (ms == 0) return out;
  out.push_back('T');
  if (ms >= 3'600'000) out += fmt::format("{}H", ms / 3'600'000);
  if (ms % 3'600'000 >= 60'000) out += fmt::format("{}M", ms % 3'600'000 / 60'000);
  ms %= 60'000;
  if (ms % 1000 != 0) {
    std::string seconds = fmt::format("{}.{:03}", ms / 1000, ms % 1000);
    while (seconds.back() == '0') seconds.pop_back();
    out += seconds + "S";
  } else if (ms != 0) {
    out += fmt::format("{}S", ms / 1000);
  }
  return out;
}

CliResult<Instant> parse_when(std::string_view text, Instant now) {
  text = trimmed(text);
  if (text == "now") return now;
  if (text.starts_with('+')) {
    const auto span = parse_duration(text.substr(1));
    if (!span) return give_up(span.error());
    return now + *span;
  }
  constexpr std::size_t kDateLength = 10;  // 2026-11-24
  const std::string full =
      text.size() == kDateLength ? fmt::format("{}T00:00:00Z", text) : std::string(text);
  const auto instant = parse_rfc3339(full);
  if (instant) return *instant;
  return give_up(ExitCode::usage, fmt::format("'{}' is not a time.", text),
                 "Write it like 2026-11-24T20:30:00Z, 2026-11-24 or +10m.");
}

std::string short_span(Duration span) {
  const std::int64_t ms = span.ms() < 0 ? -span.ms() : span.ms();
  if (ms < 1000) return fmt::format("{}ms", ms);
  if (ms < 60'000) return fmt::format("{}s", ms / 1000);
  if (ms < 3'600'000) return unit_pair(ms, 60'000, "ms");
  if (ms < 86'400'000) return unit_pair(ms, 3'600'000, "hm");
  return unit_pair(ms, 86'400'000, "dh");
}

std::string relative_text(Instant then, Instant now) {
  const Duration distance = then - now;
  if (distance.ms() > -1000 && distance.ms() < 1000) return "now";
  return distance.ms() > 0 ? fmt::format("in {}", short_span(distance))
                           : fmt::format("{} ago", short_span(distance));
}

std::string readable_time(std::string_view rfc3339, Instant now) {
  const auto instant = parse_rfc3339(rfc3339);
  if (!instant) return std::string(rfc3339);
  const std::string text = to_rfc3339(*instant);
  return fmt::format("{} {}Z ({})", text.substr(0, 10), text.substr(11, 8),
                     relative_text(*instant, now));
}

}  // namespace carillon::cli
