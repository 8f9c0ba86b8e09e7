// A task as readers see it, from the stored bytes of its state. Pure; used by every host.
#pragma once

#include <optional>
#include <span>

#include "base/result.h"
#include "core/task_scheduler/task_state.h"
#include "domain/task/task_row.h"

namespace carillon {

// The values of a task's three subkeys, as a host reads them together.
struct StoredTask {
  std::optional<Bytes> state;
  std::optional<Bytes> definition;
  std::optional<Bytes> outcome;
};

// The snapshot; none when the task does not exist or is deleted.
//
// Errors  corrupt, newer_version  the bytes cannot be read
Result<std::optional<TaskSnapshot>> read_task(const TaskId& id, const StoredTask& stored);

// The part that changes while a task lives. nextExecutionTime is the earliest of a pending retry,
// the due time of the next slot, and now if an attempt waits for a place; none in CREATED, PAUSED
// and final states.
TaskRow task_row(const TaskState& state);

}  // namespace carillon
