#include "domain/plan/cron_slots.h"

#include <algorithm>
#include <cstddef>

#include "domain/plan/slot_piece.h"

namespace carillon {
namespace {

constexpr Duration kMillisecond = Duration::milliseconds(1);

// Two local times on one instant are one slot, which runs if either would.
void merge(PlannedSlot& slot, SlotDst dst) {
  if (dst == SlotDst::runs) slot.dst = dst;
}

bool passes(const SlotPiece& piece, SlotFilter filter) {
  return filter == SlotFilter::every || piece.dst == SlotDst::runs;
}

struct Search {
  const CronSchedule& schedule;
  Instant from;
  Instant to;
  SlotFilter filter = SlotFilter::every;
};

std::optional<PlannedSlot> first_in_stretch(const Search& search, std::size_t stretch) {
  std::optional<PlannedSlot> best;
  for (const CronExpression& cron : search.schedule.crons) {
    for (const SlotPiece& piece : SlotPieces(search.schedule, cron, stretch)) {
      if (!passes(piece, search.filter)) continue;
      const Instant to = best ? best->nominal + kMillisecond : search.to;
      const std::optional<Instant> found = piece.first_in(search.from, to);
      if (!found) continue;
      if (best && best->nominal == *found) {
        merge(*best, piece.dst);
      } else {
        best = PlannedSlot{.nominal = *found, .dst = piece.dst};
      }
    }
  }
  return best;
}

std::optional<PlannedSlot> last_in_stretch(const Search& search, std::size_t stretch) {
  std::optional<PlannedSlot> best;
  for (const CronExpression& cron : search.schedule.crons) {
    for (const SlotPiece& piece : SlotPieces(search.schedule, cron, stretch)) {
      const Instant from = best ? best->nominal : search.from;
      const std::optional<Instant> found = piece.last_in(from, search.to);
      if (!found) continue;
      if (best && best->nominal == *found) {
        merge(*best, piece.dst);
      } else {
        best = PlannedSlot{.nominal = *found, .dst = piece.dst};
      }
    }
  }
  return best;
}

enum class Pass : std::uint8_t { first, second };

// The stretch in which a local time has its slot; a time in a gap has it right after the gap.
std::size_t stretch_of(const ZoneRules& zone, LocalTime time, Pass pass) {
  const ResolvedTime resolved = zone.resolve(time);
  if (const auto* unique = std::get_if<UniqueTime>(&resolved)) return zone.stretch_at(unique->at);
  if (const auto* gap = std::get_if<GapTime>(&resolved)) return zone.stretch_at(gap->transition.at);
  const FoldTime& fold = std::get<FoldTime>(resolved);
  return zone.stretch_at(pass == Pass::first ? fold.first : fold.second);
}

// The next stretch after this one in which a local time matches. Every local time that can become a
// slot there lies at or after the earlier of the two walls at the transition.
std::optional<std::size_t> later_stretch(const CronSchedule& schedule, std::size_t stretch) {
  const ZoneRules& zone = *schedule.zone;
  if (stretch == zone.transitions().size()) return std::nullopt;
  const LocalTime begin = zone.transitions()[stretch].local_begin();
  std::optional<LocalTime> first;
  for (const CronExpression& cron : schedule.crons) {
    const std::optional<LocalTime> found = cron.first_in(begin, first.value_or(kLocalEnd));
    if (found) first = found;
  }
  if (!first) return std::nullopt;
  return std::max(stretch + 1, stretch_of(zone, *first, Pass::first));
}

// The mirror image of later_stretch.
std::optional<std::size_t> earlier_stretch(const CronSchedule& schedule, std::size_t stretch) {
  const ZoneRules& zone = *schedule.zone;
  if (stretch == 0) return std::nullopt;
  const ZoneTransition& exit = zone.transitions()[stretch - 1];
  const LocalTime end = exit.is_gap() ? exit.local_begin() : exit.local_end();
  std::optional<LocalTime> last;
  for (const CronExpression& cron : schedule.crons) {
    const std::optional<LocalTime> found = cron.last_in(last.value_or(kLocalBegin), end);
    if (found) last = found;
  }
  if (!last) return std::nullopt;
  return std::min(stretch - 1, stretch_of(zone, *last, Pass::second));
}

}  // namespace

std::optional<PlannedSlot> first_cron_slot(const CronSchedule& schedule, Instant from, Instant to,
                                           SlotFilter filter) {
  const Search search{.schedule = schedule, .from = from, .to = to, .filter = filter};
  std::optional<std::size_t> stretch = schedule.zone->stretch_at(from);
  while (stretch && stretch_begin(*schedule.zone, *stretch) < to) {
    const std::optional<PlannedSlot> slot = first_in_stretch(search, *stretch);
    if (slot) return slot;
    stretch = later_stretch(schedule, *stretch);
  }
  return std::nullopt;
}

std::optional<PlannedSlot> last_cron_slot(const CronSchedule& schedule, Instant from, Instant to) {
  const Search search{.schedule = schedule, .from = from, .to = to};
  std::optional<std::size_t> stretch = schedule.zone->stretch_at(to - kMillisecond);
  while (stretch && stretch_end(*schedule.zone, *stretch) > from) {
    const std::optional<PlannedSlot> slot = last_in_stretch(search, *stretch);
    if (slot) return slot;
    stretch = earlier_stretch(schedule, *stretch);
  }
  return std::nullopt;
}

std::optional<LocalTime> gap_time_of_cron_slot(const CronSchedule& schedule, Instant nominal) {
  const std::size_t stretch = schedule.zone->stretch_at(nominal);
  if (stretch == 0) return std::nullopt;
  const ZoneTransition& entry = schedule.zone->transitions()[stretch - 1];
  if (!entry.is_gap() || nominal >= entry.at + entry.length()) return std::nullopt;
  for (const CronExpression& cron : schedule.crons) {
    const DstGap rule = gap_rule(schedule.dst.gap, cron.shape(), entry.length());
    if (rule == DstGap::run_after) {
      const auto first = cron.first_in(entry.local_begin(), entry.local_end());
      if (first && nominal == entry.at) return first;
      continue;
    }
    const LocalTime skipped = LocalTime::from_ms((nominal + entry.before).unix_ms());
    if (cron.matches(skipped)) return skipped;
  }
  return std::nullopt;
}

}  // namespace carillon
