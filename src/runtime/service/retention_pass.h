// What retention does to the engine's store: records and facts that are old are forgotten, finished
// tasks that are old are deleted, deleted ones purged. One thread at a time, not the engine's.
#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "core/task_scheduler/task_state.h"
#include "domain/record/envelope.h"
#include "ports/clock.h"
#include "ports/engine_store.h"
#include "runtime/engine/intake.h"

namespace carillon {

struct RetentionLimits {
  Duration records = Duration::days(7);          // Journal and facts.
  Duration finished_tasks = Duration::days(30);  // Completed or cancelled, since their last change.
  Duration deleted_tasks = Duration::days(30);   // Since their deletion.
};

class RetentionPass {
 public:
  struct Parts {
    EngineStore& store;
    Intake& intake;
    const Clock& clock;
    RetentionLimits limits;
  };

  explicit RetentionPass(const Parts& parts) : parts_(parts) {}

  // Forgets records and facts up to where an earlier pass saw the store, when that was long ago:
  // positions carry no time of their own.
  //
  // Errors  those of the store; what was not forgotten is tried again at the next pass
  Result<void> forget_records();

  // Asks the engine to delete and to purge what is old, so many tasks per pass.
  //
  // Guarantees  a task that has changed since this looked at it is not deleted
  // Errors      those of the store
  Result<void> retire_tasks();

 private:
  void retire(const Key& task, const TaskState& state, RecordType step);

  const Parts parts_;
};

}  // namespace carillon
