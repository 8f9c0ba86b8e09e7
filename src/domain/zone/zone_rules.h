// ZoneRules: the offsets of one time zone from 1970 to 2199, and both ways between instant and
// wall.
//
// Value, immutable once made, shared by any number of threads. Made from the bytes of a compiled
// zone (TZif, RFC 8536), which are an input like any other: damaged bytes give an error, never
// nonsense.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "domain/zone/local_time.h"

namespace carillon {

// A moment at which the offset (local minus UTC) changes.
struct ZoneTransition {
  Instant at;
  Duration before;
  Duration after;

  // A gap skips local time, a fold repeats it. A transition is always one of the two.
  [[nodiscard]] constexpr bool is_gap() const { return after > before; }
  // How much local time is skipped or repeated; always positive.
  [[nodiscard]] constexpr Duration length() const {
    return is_gap() ? after - before : before - after;
  }
  // The local times that do not exist (gap) or exist twice (fold): [local_begin, local_end).
  [[nodiscard]] constexpr LocalTime local_begin() const {
    return LocalTime::from_ms((at + (is_gap() ? before : after)).unix_ms());
  }
  [[nodiscard]] constexpr LocalTime local_end() const {
    return LocalTime::from_ms((at + (is_gap() ? after : before)).unix_ms());
  }

  friend bool operator==(const ZoneTransition&, const ZoneTransition&) = default;
};

// What a local time means in a zone.
struct UniqueTime {
  Instant at;
};
struct GapTime {
  ZoneTransition transition;
};
struct FoldTime {
  Instant first;
  Instant second;
  ZoneTransition transition;
};
using ResolvedTime = std::variant<UniqueTime, GapTime, FoldTime>;

class ZoneRules {
 public:
  // Reads a compiled zone: version 2 or later, 64-bit block and footer; fat and slim files alike.
  //
  // Guarantees  any bytes at all are safe to pass. Neighbouring transitions are so far apart that
  // the
  //             local times they skip or repeat never touch.
  // Errors      corrupt  not a compiled zone, damaged, version 1, or counting leap seconds
  static Result<ZoneRules> parse(std::string_view tzif_bytes);

  // The zone whose offset is always zero.
  static const ZoneRules& utc();

  // The offset in force at t. Before 1970 the one of 1970 holds, after 2199 the one of 2199.
  //
  // Cost  one binary search among the transitions.
  [[nodiscard]] Duration offset_at(Instant t) const;

  [[nodiscard]] LocalTime to_local(Instant t) const;

  // Cost  one binary search among the transitions.
  [[nodiscard]] ResolvedTime resolve(LocalTime local) const;

  // The first transition after t, if there is one before 2200.
  [[nodiscard]] std::optional<ZoneTransition> next_transition(Instant t) const;

  // All transitions, oldest first.
  [[nodiscard]] std::span<const ZoneTransition> transitions() const { return transitions_; }

  // How many transitions lie at or before t: the index of the stretch of constant offset that holds
  // t.
  [[nodiscard]] std::size_t stretch_at(Instant t) const;

  // The offset of a stretch. Requires stretch <= transitions().size().
  [[nodiscard]] Duration offset_of(std::size_t stretch) const;

  // True when both zones show the same local time at every instant from `from` on.
  [[nodiscard]] bool same_from(const ZoneRules& other, Instant from) const;

 private:
  ZoneRules(Duration initial, std::vector<ZoneTransition> transitions);

  Duration initial_;
  std::vector<ZoneTransition> transitions_;
};

}  // namespace carillon
