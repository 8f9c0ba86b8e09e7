// Reads tasks from the committed state of the engine. Any thread.
#pragma once

#include <optional>

#include "base/result.h"
#include "domain/task/task_row.h"
#include "ports/engine_store.h"

namespace carillon {

// The task as it is committed; none when there is none, or it is deleted.
//
// Errors  corrupt, newer_version, io_failed
Result<std::optional<TaskSnapshot>> read_committed_task(const EngineStore& store,
                                                        const TaskId& task);

}  // namespace carillon
