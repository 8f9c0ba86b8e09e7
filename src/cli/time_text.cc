#include "cli/time_text.h"

#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "base/duration_text.h"
#include "base/rfc3339.h"
#include "base/text.h"

namespace carillon::cli {
namespace {

std::string unit_pair(std::int64_t ms, std::int64_t large, std::string_view words) {
  const std::int64_t small = words[1] == 'h' ? 3'600'000 : words[1] == 'm' ? 60'000 : 1000;
  const std::int64_t rest = ms % large / small;
  if (rest == 0) return fmt::format("{}{}", ms / large, words[0]);
  return fmt::format("{}{} {}{}", ms / large, words[0], rest, words[1]);
}

}  // namespace

CliResult<Duration> parse_duration(std::string_view text) {
  text = trimmed(text);
  auto span = text.starts_with('P') ? parse_iso_duration(text) : parse_short_duration(text);
  if (span) return *span;
  return give_up(ExitCode::usage, std::move(span.error().message), std::move(span.error().hint));
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
