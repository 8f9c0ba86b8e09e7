#include "core/task_scheduler/read_task.h"

#include <algorithm>
#include <utility>

#include "core/keyed_state.h"

namespace carillon {
namespace {

void keep_earliest(std::optional<Instant>& earliest, std::optional<Instant> other) {
  if (other && (!earliest || *other < *earliest)) earliest = other;
}

std::optional<Instant> next_execution(const TaskState& state) {
  switch (state.status) {
    case TaskStatus::created:
    case TaskStatus::paused:
    case TaskStatus::completed:
    case TaskStatus::failed:
    case TaskStatus::cancelled:
      return std::nullopt;
    case TaskStatus::scheduled:
    case TaskStatus::running:
      break;
  }
  std::optional<Instant> earliest;
  if (state.schedule.armed && !state.pause) earliest = state.schedule.next_due;
  for (const ActiveRun& run : state.active_runs) {
    if (run.row.status == RunStatus::retrying) keep_earliest(earliest, run.row.next_attempt_at);
    if (run.row.status == RunStatus::queued) keep_earliest(earliest, state.updated_at);
  }
  return earliest;
}

// While a run is active, lastRun shows it, so that a reader need not look elsewhere.
std::optional<LastRun> last_run(const TaskState& state) {
  if (state.active_runs.empty()) return state.last_run;
  const RunRow& row = state.active_runs.back().row;
  LastRun last{.run = row.id,
               .slot = row.slot,
               .status = row.status,
               .started_at = row.started_at,
               .ended_at = row.ended_at,
               .attempts = row.attempt};
  if (row.status == RunStatus::retrying) last.next_slot = state.schedule.next_due;
  return last;
}

}  // namespace

TaskRow task_row(const TaskState& state) {
  return {.status = state.status,
          .version = state.version,
          .next_execution = next_execution(state),
          .created_at = state.created_at,
          .updated_at = state.updated_at,
          .retry_count = state.retry_count,
          .current_retries = state.current_retries,
          .generation = state.schedule.generation,
          .last_run = last_run(state),
          .pause = state.pause};
}

Result<std::optional<TaskSnapshot>> read_task(const TaskId& id, const StoredTask& stored) {
  if (!stored.state || !stored.definition) return std::optional<TaskSnapshot>{};
  auto state = decode_state<TaskState>(*stored.state);
  if (!state) return fail(std::move(state.error()));
  if (state->deleted_at) return std::optional<TaskSnapshot>{};
  auto definition = decode_state<TaskDefinition>(*stored.definition);
  if (!definition) return fail(std::move(definition.error()));
  TaskSnapshot snapshot{
      .id = id, .definition = std::move(*definition), .row = task_row(*state), .outcome = {}};
  if (stored.outcome) {
    auto outcome = decode_state<Outcome>(*stored.outcome);
    if (!outcome) return fail(std::move(outcome.error()));
    snapshot.outcome = std::move(*outcome);
  }
  return std::optional<TaskSnapshot>(std::move(snapshot));
}

}  // namespace carillon
