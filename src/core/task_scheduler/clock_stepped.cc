#include "core/task_scheduler/handlers.h"

namespace carillon {
namespace {

void keep_remaining(std::optional<Instant>& deadline, const ClockStepped& stepped) {
  if (deadline && *deadline > stepped.to) deadline = *deadline - (stepped.from - stepped.to);
}

}  // namespace

// Waits keep their remaining time; slots keep their instants, and the cursor does not move back.
Result<void> clock_stepped(TaskStep& step, const ClockStepped& stepped) {
  TaskState& state = step.state;
  if (state.active_runs.empty()) return {};
  if (state.stepped_from == stepped.from && state.stepped_to == stepped.to) return {};
  state.stepped_from = stepped.from;
  state.stepped_to = stepped.to;
  for (ActiveRun& run : state.active_runs) {
    if (run.row.status == RunStatus::retrying) {
      keep_remaining(run.row.next_attempt_at, stepped);
      step.add_fact(FactType::run_retrying).run = run.row;
    }
    keep_remaining(run.start_by, stepped);
    keep_remaining(run.attempt_end, stepped);
    keep_remaining(run.silent_until, stepped);
    keep_remaining(run.run_end, stepped);
  }
  return {};
}

}  // namespace carillon
