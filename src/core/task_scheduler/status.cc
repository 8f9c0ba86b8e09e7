#include "core/task_scheduler/status.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "domain/words.h"

namespace carillon {
namespace {

std::string_view legal_calls(TaskStatus status) {
  switch (status) {
    case TaskStatus::created:
      return "schedule, run, cancel";
    case TaskStatus::scheduled:
      return "run, pause, cancel";
    case TaskStatus::running:
      return "pause, cancel";
    case TaskStatus::completed:
      return "schedule, run";
    case TaskStatus::failed:
      return "retry, schedule, run, cancel";
    case TaskStatus::paused:
      return "resume, run, cancel";
    case TaskStatus::cancelled:
      return "none: a cancelled task stays cancelled; create a new one";
  }
  std::unreachable();
}

bool last_run_failed(const TaskState& state) {
  return state.last_run && state.last_run->status != RunStatus::completed;
}

TaskStatus resting_status(const TaskState& state, const TaskDefinition& definition) {
  if (state.pause) return TaskStatus::paused;
  if (state.schedule.armed) return TaskStatus::scheduled;
  const bool was_armed = state.schedule.generation > 0 && !state.schedule.taken_away;
  const bool recurring = definition.schedule.is_recurring() && !state.schedule.run_at;
  if (recurring) return was_armed ? TaskStatus::completed : TaskStatus::created;
  if (state.schedule.one_shot_skipped) return TaskStatus::failed;
  if (!state.last_run) return was_armed ? state.status : TaskStatus::created;
  return last_run_failed(state) ? TaskStatus::failed : TaskStatus::completed;
}

}  // namespace

void settle_status(TaskStep& step, const TaskDefinition& definition) {
  TaskState& state = step.state;
  if (state.status == TaskStatus::cancelled) return;
  const auto is_running = [](const ActiveRun& run) { return run.row.status == RunStatus::running; };
  TaskStatus status = TaskStatus::scheduled;
  if (std::ranges::any_of(state.active_runs, is_running)) {
    status = TaskStatus::running;
  } else if (state.active_runs.empty()) {
    status = resting_status(state, definition);
  }
  if (status == state.status) return;
  const bool was_armed = state.schedule.generation > 0 && !state.schedule.taken_away;
  if (status == TaskStatus::completed && was_armed) step.add_fact(FactType::task_completed);
  if (status == TaskStatus::failed) step.add_fact(FactType::task_failed);
  state.status = status;
}

Error illegal_transition(TaskStatus status, std::string_view wanted) {
  return {.code = ErrorCode::illegal_transition,
          .message = fmt::format("A task that is {} cannot {}.", word_of(status), wanted),
          .hint = fmt::format("Legal calls now: {}.", legal_calls(status)),
          .column = std::nullopt,
          .pointer = {}};
}

}  // namespace carillon
