// ZoneSource: where zone rules come from. The core asks it by name; the host fills it from files.
//
// Port-like interface without I/O: what it answers for a name and fingerprint never changes while
// the process lives, so a replay sees the rules of the day. Safe to call from any thread.
#pragma once

#include <span>
#include <string_view>

#include "base/error.h"
#include "domain/zone/zone_rules.h"

namespace carillon {

class ZoneSource {
 public:
  virtual ~ZoneSource() = default;

  // The rules of a zone, or null when there are none. The name is an IANA name, case exact. An
  // empty fingerprint means the rules in use now; another one names rules that were in use before.
  //
  // Guarantees  the pointer stays valid as long as the source.
  [[nodiscard]] virtual const ZoneRules* find(std::string_view name,
                                              std::string_view fingerprint) const = 0;

  // The fingerprint (hex SHA-256 of the compiled zone) of the rules in use now; empty when unknown.
  [[nodiscard]] virtual std::string_view fingerprint(std::string_view name) const = 0;

  // All names in use now, sorted.
  [[nodiscard]] virtual std::span<const std::string_view> names() const = 0;
};

// The error for a name that find() does not know: unknown_time_zone, with the name that was
// probably meant, or what to write instead of a numeric offset.
Error unknown_zone(std::string_view name, std::span<const std::string_view> names);

// True for the abbreviations that zone data itself offers and that never follow daylight saving
// (EST, MST, HST). They are accepted with warning `zone-without-dst`.
bool is_zone_without_dst(std::string_view name);

}  // namespace carillon
