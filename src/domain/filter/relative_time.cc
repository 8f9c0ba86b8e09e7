#include "domain/filter/relative_time.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "base/rfc3339.h"

namespace carillon {
namespace {

// Longest first where one unit begins another.
constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> kUnits{{
    {"ms", 1},
    {"s", 1000},
    {"m", 60'000},
    {"h", 3'600'000},
    {"d", 86'400'000},
    {"w", 604'800'000},
}};

// More digits than this name a span beyond all instants.
constexpr std::size_t kDigitsMax = 15;

std::optional<std::int64_t> take_number(std::string_view& text) {
  std::size_t digits = 0;
  std::int64_t value = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    if (digits == kDigitsMax) return std::nullopt;
    value = value * 10 + (text[digits] - '0');
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

std::optional<std::int64_t> take_unit(std::string_view& text) {
  for (const auto& [unit, ms] : kUnits) {
    if (!text.starts_with(unit)) continue;
    text.remove_prefix(unit.size());
    return ms;
  }
  return std::nullopt;
}

// One or more numbers with units, `1h30m`.
std::optional<Duration> parse_span(std::string_view text) {
  Duration span;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    const auto unit = take_unit(text);
    if (!unit) return std::nullopt;
    std::int64_t ms = 0;
    if (__builtin_mul_overflow(*number, *unit, &ms)) ms = std::numeric_limits<std::int64_t>::max();
    span = span + Duration::milliseconds(ms);
  }
  return span;
}

constexpr std::size_t kDateLength = 10;  // 2026-01-31

}  // namespace

std::optional<Instant> parse_moment(std::string_view text, Instant now) {
  if (text == "now") return now;
  if (text.starts_with('-') || text.starts_with('+')) {
    const auto span = parse_span(text.substr(1));
    if (!span) return std::nullopt;
    const Instant moment = text.front() == '-' ? now - *span : now + *span;
    return std::clamp(moment, Instant{}, kInstantMax);
  }
  std::string full(text);
  if (text.size() == kDateLength) full += "T00:00:00Z";
  const auto instant = parse_rfc3339(full);
  if (!instant) return std::nullopt;
  return *instant;
}

}  // namespace carillon
