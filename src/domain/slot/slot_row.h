// What became of a slot, or of a range of neighbouring slots with the same fate. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "base/fields.h"
#include "base/instant.h"
#include "domain/id/ids.h"

namespace carillon {

// The outcome of a slot. Final ones are never rewritten. Meaning: docs/internals/time.md.
enum class Disposition : std::uint8_t {
  waiting,   // Not final: will run when its turn comes.
  buffered,  // Not final: held by the overlap policy.
  started,
  started_late,
  caught_up,
  backfilled,
  skipped_misfire,
  skipped_overlap,
  skipped_paused,
  skipped_calendar,
  skipped_dst,
  superseded,
  cancelled,
};

enum class SlotReason : std::uint8_t {
  none,
  on_time,
  busy,
  buffered,
  clock_step,
  resumed,
  run_latest,
  run_all,
  backfill,
  policy_skip,
  newer_slot,
  beyond_limit,
  beyond_window,
  deadline,
  policy_error,
  run_active,
  buffer_full,
  replaced,
  user,
  failure,
  misfire_error,
  gap,
  overlap,
  edited,
  task_cancelled,
  task_deleted,
  backfill_cancelled,
  paused,
  catch_up,
  runs_spent,
};

// One slot (count 1, first == last) or a range of slots. `last` is none while a range is open.
struct SlotRow {
  SlotId id;  // Of the first slot.
  Instant first;
  std::optional<Instant> last;
  std::uint64_t count = 1;
  Instant due;
  Disposition disposition = Disposition::started;
  SlotReason reason = SlotReason::none;
  Instant decided_at;
  Duration lateness;
  std::optional<RunId> run;

  friend bool operator==(const SlotRow&, const SlotRow&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "slotId", &SlotRow::id},
                      Field{2, "first", &SlotRow::first},
                      Field{3, "last", &SlotRow::last},
                      Field{4, "count", &SlotRow::count},
                      Field{5, "due", &SlotRow::due},
                      Field{6, "disposition", &SlotRow::disposition},
                      Field{7, "reason", &SlotRow::reason},
                      Field{8, "decidedAt", &SlotRow::decided_at},
                      Field{9, "latenessMs", &SlotRow::lateness},
                      Field{10, "runId", &SlotRow::run}};
  }
};

}  // namespace carillon
