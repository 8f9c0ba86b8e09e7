// For tests only: compiled zones written by hand, and those that the machine has.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/rfc3339.h"
#include "domain/zone/zone_rules.h"

namespace carillon::testing {

inline constexpr const char* kZoneFolder = "/usr/share/zoneinfo";

inline std::string big_endian(std::int64_t value, int width) {
  std::string bytes;
  for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xff));
  }
  return bytes;
}

struct HandMadeZone {
  std::int64_t initial_offset = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> changes;  // Unix second, offset from then on.
  std::string footer;
  std::int64_t leap_seconds = 0;

  // A slim version 2 file: the 32-bit block is empty, as zic -b slim writes it.
  [[nodiscard]] std::string bytes() const {
    const auto header = [](std::int64_t leaps, std::size_t times, std::size_t types) {
      return "TZif2" + std::string(15, '\0') + big_endian(0, 4) + big_endian(0, 4) +
             big_endian(leaps, 4) + big_endian(static_cast<std::int64_t>(times), 4) +
             big_endian(static_cast<std::int64_t>(types), 4) + big_endian(4, 4);
    };
    const auto type = [](std::int64_t offset) {
      return big_endian(offset, 4) + std::string(2, '\0');
    };
    const std::string abbreviation("ABC\0", 4);
    std::string text = header(0, 0, 1) + type(0) + abbreviation;
    text += header(leap_seconds, changes.size(), changes.size() + 1);
    for (const auto& change : changes) text += big_endian(change.first, 8);
    for (std::size_t i = 0; i < changes.size(); ++i) text.push_back(static_cast<char>(i + 1));
    text += type(initial_offset);
    for (const auto& change : changes) text += type(change.second);
    text += abbreviation + std::string(static_cast<std::size_t>(leap_seconds) * 12, '\0');
    return text + "\n" + footer + "\n";
  }
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Loads a zone of the machine; stops the test program when there is none.
inline ZoneRules load_zone(const std::string& name) {
  return ZoneRules::parse(read_file(std::filesystem::path(kZoneFolder) / name)).value();
}

// All names below the zone folder, without the copies that count leap seconds.
inline std::vector<std::string> zone_names() {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(kZoneFolder)) {
    const std::string name = fs::relative(entry.path(), kZoneFolder).string();
    if (name.starts_with("posix/") || name.starts_with("right/")) continue;
    if (name == "localtime" || name == "posixrules" || !entry.is_regular_file()) continue;
    if (read_file(entry.path()).starts_with("TZif")) names.push_back(name);
  }
  return names;
}

inline Instant at(std::string_view rfc3339) { return parse_rfc3339(rfc3339).value(); }

}  // namespace carillon::testing
