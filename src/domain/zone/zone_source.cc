#include "domain/zone/zone_source.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/text.h"

namespace carillon {
namespace {

constexpr std::string_view kZoneExample = "Write a name such as Europe/Berlin or UTC.";

// `+02:00`, `-5`, `GMT+2`, `UTC-03:30`: the offset from the sign on, if the name is one.
std::optional<std::string_view> numeric_offset(std::string_view name) {
  for (const std::string_view prefix : {"UTC", "GMT", "utc", "gmt"}) {
    if (name.starts_with(prefix)) {
      name.remove_prefix(prefix.size());
      break;
    }
  }
  if (name.size() < 2 || (name.front() != '+' && name.front() != '-')) return std::nullopt;
  const bool numeric = std::ranges::all_of(
      name.substr(1), [](char c) { return (c >= '0' && c <= '9') || c == ':'; });
  if (!numeric) return std::nullopt;
  return name;
}

// A fixed offset has a name only for whole hours, and there the sign is turned round (POSIX).
std::string offset_hint(std::string_view offset) {
  int hours = 0;
  std::size_t digits = 1;
  while (digits < offset.size() && digits <= 2 && offset[digits] != ':') {
    hours = hours * 10 + (offset[digits] - '0');
    ++digits;
  }
  const std::string_view minutes = offset.substr(digits);
  const bool whole = minutes.empty() || minutes == ":00" || minutes == "00";
  constexpr int kHoursMax = 12;
  if (!whole || hours > kHoursMax) return std::string(kZoneExample);
  if (hours == 0) return "Write UTC.";
  return fmt::format(
      "Write a place such as Europe/Berlin, or Etc/GMT{}{} for {}{:02}:00 all year (its sign is "
      "turned round).",
      offset.front() == '+' ? '-' : '+', hours, offset.front(), hours);
}

std::string hint_for(std::string_view name, std::span<const std::string_view> names) {
  if (const std::optional<std::string_view> offset = numeric_offset(name)) {
    return offset_hint(*offset);
  }
  for (const std::string_view known : names) {
    if (equal_ignoring_case(known, name)) return fmt::format("Write {}.", known);
  }
  const std::string_view nearest = nearest_name(name, names);
  if (nearest.empty()) return std::string(kZoneExample);
  return fmt::format("Did you mean {}?", nearest);
}

}  // namespace

Error unknown_zone(std::string_view name, std::span<const std::string_view> names) {
  return Error{.code = ErrorCode::unknown_time_zone,
               .message = fmt::format("{} is not a time zone.", escape_control(name)),
               .hint = hint_for(name, names)};
}

bool is_zone_without_dst(std::string_view name) {
  constexpr std::array<std::string_view, 3> kAbbreviations{"EST", "MST", "HST"};
  return std::ranges::find(kAbbreviations, name) != kAbbreviations.end();
}

}  // namespace carillon
