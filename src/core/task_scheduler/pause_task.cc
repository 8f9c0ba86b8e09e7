#include <utility>

#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/status.h"

namespace carillon {

// Slots that come due from now on are recorded as skipped at resume, and nothing is owed for them.
// The only slot of a one-shot is kept, or its work would be lost.
Result<TaskAnswer> pause_task(TaskStep& step, const PauseTask& command) {
  TaskState& state = step.state;
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  switch (state.status) {
    case TaskStatus::scheduled:
    case TaskStatus::running:
    case TaskStatus::paused:
      break;
    case TaskStatus::created:
    case TaskStatus::completed:
    case TaskStatus::failed:
    case TaskStatus::cancelled:
      return fail(illegal_transition(state.status, "be paused"));
  }
  if (command.until && *command.until <= step.now()) {
    return fail(ErrorCode::invalid_value, "until must lie in the future.",
                "Leave it out to pause until somebody resumes the task.");
  }
  const bool was_paused = state.pause.has_value();
  const Instant since = was_paused ? state.pause->at : step.now();
  PauseNote note{
      .reason = command.reason, .by = command.header.by, .at = since, .until = command.until};
  if (was_paused && *state.pause == note) return TaskAnswer{};  // Clients may repeat it freely.
  state.pause = std::move(note);
  TaskFact& fact = step.add_fact(FactType::task_paused);
  fact.by = command.header.by;
  fact.detail = command.reason;
  settle_status(step, **definition);
  return TaskAnswer{};
}

}  // namespace carillon
