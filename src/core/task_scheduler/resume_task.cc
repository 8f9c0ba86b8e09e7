#include <utility>

#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/resume.h"
#include "core/task_scheduler/slots.h"
#include "core/task_scheduler/status.h"

namespace carillon {

Result<void> resume(TaskStep& step, std::string_view by) {
  TaskState& state = step.state;
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  if (auto skipped = skip_paused_slots(step); !skipped) return fail(std::move(skipped.error()));
  state.pause.reset();
  state.paused_by_failure = false;
  step.add_fact(FactType::task_resumed).by = by;
  if (auto settled = settle_slots(step, SlotReason::resumed); !settled)
    return fail(std::move(settled.error()));
  settle_status(step, **definition);
  return {};
}

Result<TaskAnswer> resume_task(TaskStep& step, const ResumeTask& command) {
  switch (step.state.status) {
    case TaskStatus::paused:
    case TaskStatus::running:
    case TaskStatus::scheduled:
      if (!step.state.pause) return TaskAnswer{};  // Resuming what is not paused is a no-op.
      break;
    case TaskStatus::created:
    case TaskStatus::completed:
    case TaskStatus::failed:
    case TaskStatus::cancelled:
      return fail(illegal_transition(step.state.status, "be resumed"));
  }
  if (auto resumed = resume(step, command.header.by); !resumed) {
    return fail(std::move(resumed.error()));
  }
  return TaskAnswer{};
}

}  // namespace carillon
