// TzifData: a compiled zone file (RFC 8536) taken apart, before its meaning is looked at. Value,
// pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/zone/posix_tz.h"

namespace carillon {

struct TzifData {
  struct Change {
    std::int64_t at_second = 0;  // Unix time.
    std::int64_t offset = 0;     // From then on; local minus UTC, in seconds.
  };
  std::int64_t initial_offset = 0;  // Before the first change.
  std::vector<Change> changes;      // Strictly ascending.
  std::optional<PosixTz> rule;      // After the last change; without it the last offset holds.

  // Guarantees  any bytes are safe to pass; offsets lie within 26 hours.
  // Errors      corrupt  as ZoneRules::parse
  static Result<TzifData> parse(std::string_view bytes);
};

}  // namespace carillon
