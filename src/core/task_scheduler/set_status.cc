#include <utility>

#include <fmt/format.h>

#include "base/json_writer.h"
#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/runs.h"
#include "core/task_scheduler/status.h"

namespace carillon {
namespace {

// A person says how the running work ended; its executor is told to stop and is not believed any
// more.
Result<TaskAnswer> end_by_hand(TaskStep& step, const SetStatus& command) {
  TaskState& state = step.state;
  if (state.active_runs.empty() || state.status != TaskStatus::running) {
    return fail(illegal_transition(state.status, command.status == TaskStatus::completed
                                                     ? "be completed by hand"
                                                     : "be failed by hand"));
  }
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  Outcome outcome;
  if (command.execution_result) {
    std::string text;
    append_json_string(text, *command.execution_result);
    outcome.result = JsonText(std::move(text));
  }
  const bool completed = command.status == TaskStatus::completed;
  if (!completed) {
    outcome.error_code = "set-by-hand";
    outcome.error_message = command.error_message.value_or(
        command.reason.empty() ? "The status was set by hand." : command.reason);
  }
  end_run(step, **definition, state.active_runs.size() - 1,
          {completed ? RunStatus::completed : RunStatus::failed, std::move(outcome)});
  TaskFact& fact = step.add_fact(FactType::task_status_set);
  fact.by = command.header.by;
  fact.detail = command.reason;
  settle_status(step, **definition);
  return TaskAnswer{};
}

}  // namespace

Result<TaskAnswer> set_status(TaskStep& step, const SetStatus& command) {
  const CommandHeader& header = command.header;
  const TaskStatus status = step.state.status;
  switch (command.status) {
    case TaskStatus::created:
      if (status == TaskStatus::created) return TaskAnswer{};
      return fail(illegal_transition(status, "go back to CREATED"));
    case TaskStatus::scheduled:
      if (status == TaskStatus::running) {
        return fail(illegal_transition(status, "be scheduled by hand"));
      }
      if (step.state.pause) return resume_task(step, {.header = header});
      return schedule_task(step, {.header = header});
    case TaskStatus::running:
      if (status == TaskStatus::running) return TaskAnswer{};
      return run_now(step, {.header = header});
    case TaskStatus::completed:
    case TaskStatus::failed:
      if (status == command.status) return TaskAnswer{};
      return end_by_hand(step, command);
    case TaskStatus::paused:
      return pause_task(step, {.header = header, .reason = command.reason});
    case TaskStatus::cancelled:
      return cancel_task(step, {.header = header, .reason = command.reason});
  }
  std::unreachable();
}

}  // namespace carillon
