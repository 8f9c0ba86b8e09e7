// SchedulePlan: the function "instants of the plan" of one generation of a schedule.
//
// Value, immutable, pure. Slots are a set of instants: two local times that land on one instant are
// one slot, and if one of them would run, it runs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/instant.h"
#include "base/words.h"
#include "domain/cron/cron_expression.h"
#include "domain/plan/dst_policy.h"
#include "domain/zone/zone_rules.h"

namespace carillon {

// Slots of one or more cron expressions in a zone.
struct CronSchedule {
  std::vector<CronExpression> crons;  // At least one; the slots are the union.
  const ZoneRules* zone = nullptr;    // Outlives the plan.
  DstPolicy dst;
};

// Slots at anchor + k * every, k >= 0: exact elapsed time, no zone.
struct EverySchedule {
  Duration every;  // Positive.
  Instant anchor;  // startAt, or the arming instant.
};

// One slot: runAt, or the arming instant of a task that has no schedule (once, now).
struct SingleSchedule {
  Instant at;
};

struct PlanSpec {
  std::variant<CronSchedule, EverySchedule, SingleSchedule> schedule;
  std::optional<Instant> start_at;  // Slots lie in [start_at, end_at], both inclusive.
  std::optional<Instant> end_at;
};

// Whether daylight saving lets a slot run, and if not, why.
enum class SlotDst : std::uint8_t { runs, gap, overlap };

template <>
struct Words<SlotDst> {
  static constexpr std::array<std::pair<SlotDst, std::string_view>, 3> rows{{
      {SlotDst::runs, "runs"},
      {SlotDst::gap, "gap"},
      {SlotDst::overlap, "overlap"},
  }};
};

struct PlannedSlot {
  Instant nominal;
  SlotDst dst = SlotDst::runs;

  friend bool operator==(const PlannedSlot&, const PlannedSlot&) = default;
};

// Neighbouring slots that daylight saving skips for one reason, with no running slot between them.
struct DstSkips {
  Instant first;
  Instant last;
  std::uint64_t count = 0;
  SlotDst dst = SlotDst::gap;  // gap or overlap

  friend bool operator==(const DstSkips&, const DstSkips&) = default;
};

class SchedulePlan {
 public:
  // Requires  a zone and at least one expression for cron, every > 0 for every.
  explicit SchedulePlan(PlanSpec spec);

  // The slot with the least nominal > after, also one that daylight saving skips.
  //
  // Cost  microseconds; never proportional to the number of slots.
  [[nodiscard]] std::optional<PlannedSlot> next(Instant after) const;

  // The slot with the greatest nominal <= at and > floor, also one that daylight saving skips.
  [[nodiscard]] std::optional<PlannedSlot> previous(Instant at, Instant floor) const;

  // The least nominal > after that runs.
  [[nodiscard]] std::optional<Instant> next_running(Instant after) const;

  // How many slots in (after, until] run.
  //
  // Cost  proportional to days and zone transitions in between, not to slots.
  [[nodiscard]] std::uint64_t count_running(Instant after, Instant until) const;

  // The next slots in (after, until] that daylight saving skips: the longest run of neighbours with
  // one reason. Call again with after = last for the following run.
  //
  // Cost  proportional to the zone transitions looked at.
  [[nodiscard]] std::optional<DstSkips> next_dst_skips(Instant after, Instant until) const;

  // The local time inside a gap that became this slot, beside or instead of the local time shown
  // then, so that a note can name it.
  [[nodiscard]] std::optional<LocalTime> gap_time(Instant nominal) const;

  [[nodiscard]] const PlanSpec& spec() const { return spec_; }

 private:
  PlanSpec spec_;
  Instant begin_;  // Slots lie in [begin_, end_).
  Instant end_;
};

}  // namespace carillon
