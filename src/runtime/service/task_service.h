// TaskService: what a task must be before it is stored, and tasks as they are stored. The
// specification's TaskService. Any thread.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "domain/task/task_row.h"
#include "domain/task/validate_definition.h"
#include "domain/zone/zone_source.h"
#include "ports/clock.h"
#include "ports/engine_store.h"
#include "ports/task_types.h"

namespace carillon {

class TaskService {
 public:
  struct Parts {
    const EngineStore& store;
    const TaskTypes& types;
    const ZoneSource& zones;
    const Clock& clock;
  };

  explicit TaskService(Parts parts) : parts_(parts) {}

  // Checks a definition and completes it: dialect, lane, the types of workflow steps. A type nobody
  // knows is accepted only for a queue other than `default`, where somebody else's worker may know
  // it.
  ValidatedDefinition complete(TaskDefinition& definition) const;

  // The committed task; none when there is none.
  Result<std::optional<TaskSnapshot>> find(const TaskId& task) const;

 private:
  void complete_type(TaskDefinition& definition, std::vector<Error>& errors) const;

  Parts parts_;
};

}  // namespace carillon
