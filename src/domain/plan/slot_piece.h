// SlotPiece: a stretch of instants in which one cron expression's slots come from one offset and
// share one fate. What daylight saving does to a schedule is a handful of pieces around each
// transition. Pure.
//
// Part of the plan; other rooms use schedule_plan.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/instant.h"
#include "domain/cron/cron_expression.h"
#include "domain/plan/schedule_plan.h"

namespace carillon {

struct SlotPiece {
  const CronExpression* cron = nullptr;  // Null: one slot, at `from`.
  Instant from;                          // Slots lie in [from, to).
  Instant to;
  Duration offset;  // A slot t stands for the local time t + offset.
  SlotDst dst = SlotDst::runs;

  [[nodiscard]] LocalTime local(Instant t) const {
    return LocalTime::from_ms((t + offset).unix_ms());
  }
  // The least and the greatest slot of the piece in [begin, end).
  [[nodiscard]] std::optional<Instant> first_in(Instant begin, Instant end) const;
  [[nodiscard]] std::optional<Instant> last_in(Instant begin, Instant end) const;
  // The slots of one minute; bit n = second n. Requires a whole minute.
  [[nodiscard]] std::uint64_t seconds_in(Instant minute) const;
};

// The pieces of one expression in one stretch of constant offset: at most the second pass of a fold
// or what a gap left over, the plain middle, and the first pass of the next fold.
class SlotPieces {
 public:
  SlotPieces(const CronSchedule& schedule, const CronExpression& cron, std::size_t stretch);

  [[nodiscard]] const SlotPiece* begin() const { return pieces_.data(); }
  [[nodiscard]] const SlotPiece* end() const { return pieces_.data() + count_; }

 private:
  void add(const SlotPiece& piece) { pieces_[count_++] = piece; }
  void add_gap(const CronExpression& cron, const ZoneTransition& gap, DstGap rule);

  std::array<SlotPiece, 4> pieces_;
  std::size_t count_ = 0;
};

// The instants that a stretch of constant offset covers; the outermost reach beyond every slot.
Instant stretch_begin(const ZoneRules& zone, std::size_t stretch);
Instant stretch_end(const ZoneRules& zone, std::size_t stretch);

}  // namespace carillon
