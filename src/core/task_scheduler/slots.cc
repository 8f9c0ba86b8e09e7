#include "core/task_scheduler/slots.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/task_scheduler/runs.h"
#include "domain/limits.h"
#include "domain/plan/jitter.h"
#include "domain/task/plan_of.h"
#include "domain/words.h"
#include "domain/zone/zone_source.h"

namespace carillon {
namespace {

// What deciding slots needs, looked up once per step.
struct Settling {
  TaskStep& step;
  const TaskDefinition& definition;
  const SchedulePlan& plan;
  SlotReason why_late = SlotReason::busy;

  [[nodiscard]] ScheduleState& schedule() const { return step.state.schedule; }
  [[nodiscard]] bool is_one_shot() const {
    return std::holds_alternative<SingleSchedule>(plan.spec().schedule);
  }
  [[nodiscard]] SlotId slot_id(Instant nominal) const {
    return {.task = step.task(), .series = schedule().generation, .nominal = nominal};
  }
  [[nodiscard]] Instant due_of(Instant nominal) const {
    if (definition.jitter == Duration{}) return nominal;
    const std::optional<PlannedSlot> after = plan.next(nominal);
    return due(step.task().value().bytes, nominal, definition.jitter,
               after ? std::optional(after->nominal) : std::nullopt);
  }
};

// Neighbouring slots with one fate and no run.
struct SkippedRange {
  Instant first;
  Instant last;
  std::uint64_t count = 1;
  Disposition disposition = Disposition::skipped_misfire;
  SlotReason reason = SlotReason::none;
};

Result<SchedulePlan> current_plan(TaskStep& step, const TaskDefinition& definition) {
  const ScheduleState& schedule = step.state.schedule;
  return plan_of(definition.schedule,
                 {.armed_at = schedule.armed_at,
                  .run_at = schedule.run_at,
                  .fingerprint = schedule.fingerprint},
                 step.zones());
}

// Moves the cursor: everything up to it has its record now.
void settle_up_to(const Settling& settling, Instant nominal) {
  ScheduleState& schedule = settling.schedule();
  schedule.cursor = nominal;
  const std::optional<PlannedSlot> next = settling.plan.next(nominal);
  schedule.next_nominal = next ? std::optional(next->nominal) : std::nullopt;
  schedule.next_due = next ? std::optional(settling.due_of(next->nominal)) : std::nullopt;
  if (!next) schedule.armed = false;
}

void record_range(const Settling& settling, const SkippedRange& range) {
  TaskStep& step = settling.step;
  const Instant due = settling.due_of(range.first);
  step.add_fact(FactType::slot_decided).slot =
      SlotRow{.id = settling.slot_id(range.first),
              .first = range.first,
              .last = range.last,
              .count = range.count,
              .due = due,
              .disposition = range.disposition,
              .reason = range.reason,
              .decided_at = step.now(),
              .lateness = std::max(Duration{}, step.now() - due)};
  if (!settling.is_one_shot()) return;
  settling.schedule().one_shot_skipped = true;
  step.set_outcome(
      {.error_code = "slot-skipped",
       .error_message = fmt::format("The slot was {} ({}); nothing ran.",
                                    word_of(range.disposition), word_of(range.reason))});
}

// Records all slots in (cursor, until] as skipped for one reason, those that daylight saving skips
// anyway as such, in order. False when the step's share was used up before the end.
[[nodiscard]] bool skip_until(const Settling& settling, Instant until, Disposition disposition,
                              SlotReason reason) {
  const SchedulePlan& plan = settling.plan;
  for (int pieces = 0; pieces < limits::kSlotsPerStep; ++pieces) {
    const Instant cursor = settling.schedule().cursor;
    const std::optional<DstSkips> dst = plan.next_dst_skips(cursor, until);
    const Instant stop = dst ? dst->first - Duration::milliseconds(1) : until;
    if (const std::uint64_t count = plan.count_running(cursor, stop); count > 0) {
      const std::optional<Instant> first = plan.next_running(cursor);
      const std::optional<PlannedSlot> last = plan.previous(stop, cursor);
      record_range(settling, {.first = first.value_or(stop),
                              .last = last ? last->nominal : stop,
                              .count = count,
                              .disposition = disposition,
                              .reason = reason});
    }
    if (!dst) {
      settle_up_to(settling, until);
      return true;
    }
    record_range(settling,
                 {.first = dst->first,
                  .last = dst->last,
                  .count = dst->count,
                  .disposition = Disposition::skipped_dst,
                  .reason = dst->dst == SlotDst::gap ? SlotReason::gap : SlotReason::overlap});
    settle_up_to(settling, dst->last);
  }
  settling.step.continue_soon();
  return false;
}

void record_started(const Settling& settling, Instant nominal, Disposition disposition,
                    SlotReason reason) {
  TaskStep& step = settling.step;
  const Instant due = settling.due_of(nominal);
  const bool caught_up = disposition == Disposition::caught_up;
  TaskFact& fact = start_run(step, settling.definition,
                             {.trigger = caught_up ? RunTrigger::catch_up : RunTrigger::slot,
                              .slot = settling.slot_id(nominal),
                              .nominal = nominal,
                              .due = due},
                             FactType::slot_decided);
  fact.slot = SlotRow{.id = settling.slot_id(nominal),
                      .first = nominal,
                      .last = nominal,
                      .due = due,
                      .disposition = disposition,
                      .reason = reason,
                      .decided_at = step.now(),
                      .lateness = step.now() - due,
                      .run = fact.run->id};
  ScheduleState& schedule = settling.schedule();
  schedule.runs_started += 1;
  settle_up_to(settling, nominal);
  if (settling.definition.max_runs && schedule.runs_started >= *settling.definition.max_runs) {
    schedule.armed = false;
  }
}

// Gates 1 and 6 for one slot that is not missed. The others were asked before.
void decide_live_slot(const Settling& settling, const PlannedSlot& slot) {
  TaskStep& step = settling.step;
  const Instant due = settling.due_of(slot.nominal);
  const auto skip = [&](Disposition disposition, SlotReason reason) {
    record_range(settling, {.first = slot.nominal,
                            .last = slot.nominal,
                            .disposition = disposition,
                            .reason = reason});
    settle_up_to(settling, slot.nominal);
  };
  if (slot.dst != SlotDst::runs) {
    skip(Disposition::skipped_dst,
         slot.dst == SlotDst::gap ? SlotReason::gap : SlotReason::overlap);
    return;
  }
  if (!step.state.active_runs.empty()) {
    skip(Disposition::skipped_overlap, SlotReason::run_active);
    return;
  }
  const bool on_time = step.now() - due <= limits::kOnTime;
  record_started(settling, slot.nominal, on_time ? Disposition::started : Disposition::started_late,
                 on_time ? SlotReason::on_time : settling.why_late);
}

// The newest slot whose due time lies before the bound; none after the cursor.
std::optional<PlannedSlot> newest_due_before(const Settling& settling, Instant bound) {
  const Instant cursor = settling.schedule().cursor;
  std::optional<PlannedSlot> slot =
      settling.plan.previous(bound - Duration::milliseconds(1), cursor);
  // Jitter moves a slot later, but never past the next one: one step back is enough.
  if (slot && settling.due_of(slot->nominal) >= bound) {
    slot = settling.plan.previous(slot->nominal - Duration::milliseconds(1), cursor);
  }
  return slot;
}

// That slot, or the newest before it that daylight saving lets run; none after the cursor.
std::optional<PlannedSlot> newest_running(const Settling& settling,
                                          std::optional<PlannedSlot> slot) {
  while (slot && slot->dst != SlotDst::runs) {
    // The stretch of skipped slots that ends here is stepped over as a whole.
    Instant first = slot->nominal;
    Instant after = settling.schedule().cursor;
    while (const auto skips = settling.plan.next_dst_skips(after, slot->nominal)) {
      first = skips->first;
      after = skips->last;
    }
    slot = settling.plan.previous(first - Duration::milliseconds(1), settling.schedule().cursor);
  }
  return slot;
}

// Gate 4: every slot that is due and whose deadline has passed. True when there was one.
bool decide_expired(const Settling& settling) {
  const std::optional<Duration>& deadline = settling.definition.timeouts.deadline;
  const Instant now = settling.step.now();
  if (!deadline || *settling.schedule().next_due + *deadline > now) return false;
  const auto newest = newest_due_before(settling, now - *deadline + Duration::milliseconds(1));
  if (!newest) return false;
  std::ignore =
      skip_until(settling, newest->nominal, Disposition::skipped_misfire, SlotReason::deadline);
  return true;
}

// Everything due before `bound` was missed: the policy says which of it runs.
void decide_missed(const Settling& settling, Instant bound) {
  TaskStep& step = settling.step;
  const std::optional<PlannedSlot> last = newest_due_before(settling, bound);
  if (!last) return;
  const auto skip_rest = [&](SlotReason reason) {
    return skip_until(settling, last->nominal, Disposition::skipped_misfire, reason);
  };
  if (settling.definition.misfire == Misfire::skip) {
    std::ignore = skip_rest(SlotReason::policy_skip);
    return;
  }
  const std::optional<PlannedSlot> newest = newest_running(settling, last);
  const std::optional<PlannedSlot> newest_of_all =
      newest_running(settling, newest_due_before(settling, step.now() + Duration::milliseconds(1)));
  if (!newest || newest_of_all->nominal > newest->nominal) {
    // Nothing is left to run, or a later slot that is only late runs in its place.
    std::ignore = skip_rest(SlotReason::newer_slot);
    return;
  }
  const Instant older = newest->nominal - Duration::milliseconds(1);
  if (!skip_until(settling, older, Disposition::skipped_misfire, SlotReason::newer_slot)) return;
  if (step.state.active_runs.empty()) {
    record_started(settling, newest->nominal, Disposition::caught_up, SlotReason::run_latest);
    return;
  }
  std::ignore =
      skip_until(settling, newest->nominal, Disposition::skipped_overlap, SlotReason::run_active);
}

}  // namespace

Result<void> arm(TaskStep& step, std::optional<Instant> run_at, GenerationStart start) {
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  ScheduleState next = step.state.schedule;
  next.generation += 1;
  next.armed = true;
  next.armed_at = step.now();
  next.run_at = run_at;
  next.one_shot_skipped = false;
  next.taken_away = false;
  next.fingerprint = step.zones().fingerprint((*definition)->schedule.time_zone);
  if (start == GenerationStart::arming) next.runs_started = 0;
  auto plan = plan_of(
      (*definition)->schedule,
      {.armed_at = next.armed_at, .run_at = run_at, .fingerprint = next.fingerprint}, step.zones());
  if (!plan) return fail(std::move(plan.error()));
  // Only slots after the arming instant belong to the schedule; the slot of a one-shot always does,
  // except that nothing fires because of an edit.
  next.cursor = step.now();
  const auto* const single = std::get_if<SingleSchedule>(&plan->spec().schedule);
  if (single != nullptr && start == GenerationStart::arming) {
    next.cursor = std::min(step.now(), single->at - Duration::milliseconds(1));
  }
  if (!plan->next(next.cursor)) {
    return fail(ErrorCode::schedule_never_fires, "The schedule has no slot after now.",
                "Check endAt, the year field and runAt.");
  }
  step.state.schedule = std::move(next);
  settle_up_to({step, **definition, *plan}, step.state.schedule.cursor);
  return {};
}

bool has_due_slot(const TaskStep& step) {
  const ScheduleState& schedule = step.state.schedule;
  return schedule.armed && !step.state.pause && schedule.next_due &&
         *schedule.next_due <= step.now();
}

Result<void> settle_slots(TaskStep& step, SlotReason why_late) {
  if (!has_due_slot(step)) return {};
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  auto plan = current_plan(step, **definition);
  if (!plan) return fail(std::move(plan.error()));
  const Settling settling{step, **definition, *plan, why_late};
  const Instant missed_before = step.now() - (*definition)->misfire_after;
  const ScheduleState& schedule = step.state.schedule;
  for (int decided = 0; has_due_slot(step); ++decided) {
    if (decided == limits::kSlotsPerStep) {
      step.continue_soon();
      return {};
    }
    if (decide_expired(settling)) continue;
    if (*schedule.next_due < missed_before) {
      decide_missed(settling, missed_before);
    } else if (const auto slot = plan->next(schedule.cursor)) {
      decide_live_slot(settling, *slot);
    }
  }
  return {};
}

Result<void> skip_paused_slots(TaskStep& step) {
  ScheduleState& schedule = step.state.schedule;
  if (!schedule.armed || !schedule.next_due || *schedule.next_due > step.now()) return {};
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  auto plan = current_plan(step, **definition);
  if (!plan) return fail(std::move(plan.error()));
  const Settling settling{step, **definition, *plan};
  if (settling.is_one_shot()) return {};
  const auto newest = newest_due_before(settling, step.now() + Duration::milliseconds(1));
  if (newest) {
    std::ignore = skip_until(settling, newest->nominal, Disposition::skipped_paused,
                             step.state.paused_by_failure ? SlotReason::failure : SlotReason::user);
  }
  return {};
}

Result<void> refresh_next_slot(TaskStep& step) {
  if (!step.state.schedule.armed) return {};
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  auto plan = current_plan(step, **definition);
  if (!plan) return fail(std::move(plan.error()));
  settle_up_to({step, **definition, *plan}, step.state.schedule.cursor);
  return {};
}

void disarm(TaskStep& step) {
  ScheduleState& schedule = step.state.schedule;
  schedule.armed = false;
  schedule.next_nominal.reset();
  schedule.next_due.reset();
}

}  // namespace carillon
