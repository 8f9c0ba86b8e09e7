#include <utility>

#include <fmt/format.h>

#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/slots.h"
#include "core/task_scheduler/status.h"
#include "core/task_scheduler/supported.h"

namespace carillon {
namespace {

// What the waiting slot of a replaced one-shot becomes: it had come due, and its generation is
// over.
void supersede_waiting_slot(TaskStep& step) {
  const ScheduleState& schedule = step.state.schedule;
  if (!schedule.next_nominal || *schedule.next_nominal > step.now()) return;
  const Instant nominal = *schedule.next_nominal;
  step.add_fact(FactType::slot_decided).slot =
      SlotRow{.id = {.task = step.task(), .series = schedule.generation, .nominal = nominal},
              .first = nominal,
              .last = nominal,
              .due = schedule.next_due.value_or(nominal),
              .disposition = Disposition::superseded,
              .reason = SlotReason::edited,
              .decided_at = step.now()};
}

}  // namespace

Result<TaskAnswer> update_task(TaskStep& step, const UpdateTask& command) {
  if (step.state.status == TaskStatus::cancelled) {
    return fail(illegal_transition(step.state.status, "be changed"));
  }
  if (auto supported = refuse_unsupported(command.definition); !supported) {
    return fail(std::move(supported.error()));
  }
  auto before = step.definition();
  if (!before) return fail(std::move(before.error()));
  if (**before == command.definition) return TaskAnswer{};

  ScheduleState& schedule = step.state.schedule;
  const bool plan_changed = !((*before)->schedule == command.definition.schedule);
  const bool jitter_changed = (*before)->jitter != command.definition.jitter;
  // A one-shot asked for by hand stands beside the definition's schedule and is not edited by it.
  const bool new_generation = schedule.armed && plan_changed && !schedule.run_at;
  const std::optional<std::uint64_t>& most = command.definition.max_runs;
  const bool runs_spent = schedule.armed && most && schedule.runs_started >= *most;
  const bool ends_generation = new_generation || runs_spent;
  if (ends_generation && step.state.pause) {
    if (auto skipped = skip_paused_slots(step); !skipped) return fail(std::move(skipped.error()));
  }
  if (ends_generation) supersede_waiting_slot(step);
  step.set_definition(command.definition);
  step.add_fact_of_definition(FactType::task_updated).by = command.header.by;

  if (new_generation && !command.definition.schedule.is_recurring() &&
      !command.definition.schedule.run_at) {
    disarm(step);  // The schedule was taken away; an edit never fires the task "once, now".
    schedule.taken_away = true;
  } else if (new_generation) {
    if (auto armed = arm(step, std::nullopt, GenerationStart::edit); !armed) {
      return fail(std::move(armed.error()));
    }
  } else if (jitter_changed) {
    if (auto moved = refresh_next_slot(step); !moved) return fail(std::move(moved.error()));
  }
  if (schedule.armed && runs_spent) disarm(step);
  settle_status(step, command.definition);
  return TaskAnswer{};
}

}  // namespace carillon
