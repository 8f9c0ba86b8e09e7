#include <utility>

#include <fmt/format.h>

#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/runs.h"
#include "core/task_scheduler/status.h"
#include "domain/words.h"

namespace carillon {

// A run, not a slot: the plan, the ledger and maxRuns are untouched.
Result<TaskAnswer> run_now(TaskStep& step, const RunNow& command) {
  TaskState& state = step.state;
  if (state.status == TaskStatus::cancelled) {
    return fail(illegal_transition(state.status, "run"));
  }
  if (command.overlap && *command.overlap != Overlap::skip) {
    return fail(ErrorCode::not_yet,
                fmt::format("overlap '{}' is not supported yet.", word_of(*command.overlap)),
                "Wait for the active run to end, or cancel it.");
  }
  if (!state.active_runs.empty()) {
    return fail(ErrorCode::run_active,
                fmt::format("Run {} is active.", to_text(state.active_runs.front().row.id)),
                "Wait until it has ended, or cancel the task.");
  }
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  TaskFact& fact =
      start_run(step, **definition, {.trigger = RunTrigger::manual}, FactType::run_created);
  fact.by = command.header.by;
  TaskAnswer answer{.run = fact.run->id};
  settle_status(step, **definition);
  return answer;
}

}  // namespace carillon
