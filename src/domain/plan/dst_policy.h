// DstGap and DstOverlap: what becomes of local times that do not exist, or exist twice. Pure rules.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/instant.h"
#include "base/words.h"
#include "domain/cron/cron_dialect.h"
#include "domain/cron/cron_expression.h"

namespace carillon {

enum class DstGap : std::uint8_t {
  skip,       // The slot exists and is skipped.
  shift,      // It runs later on the clock by the length of the gap.
  run_after,  // It runs at the first instant after the gap.
  vixie,      // Shift of at most 3 h: fixed as run_after, wildcard as skip. Longer: skip.
};

enum class DstOverlap : std::uint8_t {
  both,
  first,
  second,
  vixie,  // Shift of at most 3 h: fixed as first, wildcard as both. Longer: both.
};

template <>
struct Words<DstGap> {
  static constexpr std::array<std::pair<DstGap, std::string_view>, 4> rows{{
      {DstGap::skip, "skip"},
      {DstGap::shift, "shift"},
      {DstGap::run_after, "run_after"},
      {DstGap::vixie, "vixie"},
  }};
};

template <>
struct Words<DstOverlap> {
  static constexpr std::array<std::pair<DstOverlap, std::string_view>, 4> rows{{
      {DstOverlap::both, "both"},
      {DstOverlap::first, "first"},
      {DstOverlap::second, "second"},
      {DstOverlap::vixie, "vixie"},
  }};
};

struct DstPolicy {
  DstGap gap = DstGap::skip;
  DstOverlap overlap = DstOverlap::both;

  friend bool operator==(const DstPolicy&, const DstPolicy&) = default;
};

// What the dialect's reference does. Requires a resolved dialect.
DstPolicy default_dst_policy(CronDialect dialect);

// The policy for one expression and one transition, with vixie worked out.
DstGap gap_rule(DstGap policy, CronShape shape, Duration length);
DstOverlap overlap_rule(DstOverlap policy, CronShape shape, Duration length);

}  // namespace carillon
