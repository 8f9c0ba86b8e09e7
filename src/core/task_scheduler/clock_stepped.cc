#include "core/task_scheduler/handlers.h"

namespace carillon {
namespace {

void keep_remaining(std::optional<Instant>& deadline, const ClockStepped& stepped) {
  if (deadline && *deadline > stepped.to) deadline = *deadline - (stepped.from - stepped.to);
}

}  // namespace

// Waits keep their remaining time; slots keep their instants, and the cursor does not move back.
Result<void> clock_stepped(TaskStep& step, const ClockStepped& stepped) {
  for (ActiveRun& run : step.state.active_runs) {
    keep_remaining(run.row.next_attempt_at, stepped);
    keep_remaining(run.start_by, stepped);
    keep_remaining(run.attempt_end, stepped);
    keep_remaining(run.silent_until, stepped);
    keep_remaining(run.run_end, stepped);
  }
  return {};
}

}  // namespace carillon
