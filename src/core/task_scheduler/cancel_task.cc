#include <utility>

#include "core/task_scheduler/end_task.h"
#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/runs.h"
#include "core/task_scheduler/slots.h"
#include "core/task_scheduler/status.h"

namespace carillon {

void end_task(TaskStep& step, const TaskDefinition& definition, const EndTask& end) {
  TaskState& state = step.state;
  const ScheduleState& schedule = state.schedule;
  const bool slot_waits =
      schedule.armed && schedule.next_nominal && *schedule.next_nominal <= step.now();
  if (slot_waits) {
    // Between nominal and due, or held by a pause: it will not start any more.
    step.add_fact(FactType::slot_decided).slot =
        SlotRow{.id = {.task = step.task(),
                       .series = schedule.generation,
                       .nominal = *schedule.next_nominal},
                .first = *schedule.next_nominal,
                .last = *schedule.next_nominal,
                .due = schedule.next_due.value_or(*schedule.next_nominal),
                .disposition = Disposition::cancelled,
                .reason = end.reason,
                .decided_at = step.now()};
  }
  disarm(step);
  while (!state.active_runs.empty()) {
    end_run(step, definition, state.active_runs.size() - 1,
            {.status = RunStatus::cancelled,
             .outcome = {.error_code = "cancelled", .error_message = end.message}});
  }
  state.pause.reset();
  state.paused_by_failure = false;
  state.status = TaskStatus::cancelled;
}

Result<TaskAnswer> cancel_task(TaskStep& step, const CancelTask& command) {
  switch (step.state.status) {
    case TaskStatus::cancelled:
      return TaskAnswer{};  // Repeating it is a no-op.
    case TaskStatus::completed:
      return fail(illegal_transition(step.state.status, "be cancelled"));
    case TaskStatus::created:
    case TaskStatus::scheduled:
    case TaskStatus::running:
    case TaskStatus::failed:
    case TaskStatus::paused:
      break;
  }
  if (step.state.pause) {
    if (auto skipped = skip_paused_slots(step); !skipped) return fail(std::move(skipped.error()));
  }
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  end_task(step, **definition,
           {.reason = SlotReason::task_cancelled,
            .message = command.reason.empty() ? "The task was cancelled." : command.reason});
  TaskFact& fact = step.add_fact(FactType::task_cancelled);
  fact.by = command.header.by;
  fact.detail = command.reason;
  return TaskAnswer{};
}

}  // namespace carillon
