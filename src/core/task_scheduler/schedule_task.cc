#include <utility>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/slots.h"
#include "core/task_scheduler/status.h"
#include "domain/limits.h"

namespace carillon {
namespace {

Result<void> refuse_long_past(Instant run_at, Instant now) {
  if (run_at >= now - limits::kRunAtGrace) return {};
  return fail(ErrorCode::run_at_past,
              fmt::format("runAt {} lies more than {} s in the past.", to_rfc3339(run_at),
                          limits::kRunAtGrace.ms() / 1000),
              "To run it now, use POST /api/v1/tasks/{id}/run.");
}

}  // namespace

Result<TaskAnswer> schedule_task(TaskStep& step, const ScheduleTask& command) {
  TaskState& state = step.state;
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  std::optional<Instant> run_at = command.run_at;
  if (command.delay) run_at = step.now() + *command.delay;
  switch (state.status) {
    case TaskStatus::scheduled:
    case TaskStatus::running:
      // Already armed, or at work: asking again must not fire it a second time.
      if (state.schedule.armed && !run_at) return TaskAnswer{};
      if (!state.schedule.armed && !run_at && !(*definition)->schedule.is_recurring() &&
          state.status == TaskStatus::scheduled) {
        return TaskAnswer{};  // Its one run waits for a place or for a retry.
      }
      if (run_at || state.schedule.armed || state.status == TaskStatus::running) {
        return fail(illegal_transition(state.status, "be scheduled another time"));
      }
      break;
    case TaskStatus::created:
    case TaskStatus::completed:
    case TaskStatus::failed:
      break;
    case TaskStatus::paused:
    case TaskStatus::cancelled:
      return fail(illegal_transition(state.status, "be scheduled"));
  }
  const std::optional<Instant> moment = run_at ? run_at : (*definition)->schedule.run_at;
  if (moment) {
    if (auto recent = refuse_long_past(*moment, step.now()); !recent) {
      return fail(std::move(recent.error()));
    }
  }
  if (auto armed = arm(step, run_at, GenerationStart::arming); !armed) {
    return fail(std::move(armed.error()));
  }
  state.status = TaskStatus::scheduled;
  step.add_fact(FactType::task_scheduled).by = command.header.by;
  if (auto settled = settle_slots(step); !settled) return fail(std::move(settled.error()));
  settle_status(step, **definition);
  return TaskAnswer{};
}

}  // namespace carillon
