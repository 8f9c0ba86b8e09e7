// The schedule of a task: arming it, deciding the slots that have come due, ending it.
//
// A slot is decided in the step of a record whose time is at or after its due time, in order, once.
// The gates are asked in the order of docs/internals/time.md; the first that closes decides.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "core/task_scheduler/task_step.h"
#include "domain/plan/schedule_plan.h"
#include "domain/slot/slot_row.h"

namespace carillon {

// Why a generation begins.
enum class GenerationStart : std::uint8_t { arming, edit };

// Begins a new generation at now(): by the definition's schedule, or once at run_at. Nothing fires
// because of it, except the slot of "once, now" and of a run_at just past.
//
// Errors  schedule_never_fires  the plan has no slot after now; the state is as before
//         cron_*, unknown_time_zone  the plan cannot be made; likewise
Result<void> arm(TaskStep& step, std::optional<Instant> run_at, GenerationStart start);

// A slot of an armed schedule that is not paused has come due and is not decided yet.
[[nodiscard]] bool has_due_slot(const TaskStep& step);

// Decides every slot that is due by now(); at most limits::kSlotsPerStep of them, then asks to be
// woken at once. While paused it decides nothing. A slot that starts late was so because of
// `why_late`.
Result<void> settle_slots(TaskStep& step, SlotReason why_late = SlotReason::busy);

// Records the slots that came due while the task was paused as skipped, and goes on from now(). The
// slot of a one-shot is kept: what becomes of it is the misfire policy's business.
Result<void> skip_paused_slots(TaskStep& step);

// Computes the slot after the cursor anew, after something that moves it has changed.
Result<void> refresh_next_slot(TaskStep& step);

// No slot of this schedule will be decided any more.
void disarm(TaskStep& step);

}  // namespace carillon
