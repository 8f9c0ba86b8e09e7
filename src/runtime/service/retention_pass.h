// What retention does to the engine's store: records and facts that are old are forgotten, finished
// tasks that are old are deleted, deleted ones purged. One thread at a time, not the engine's.
#pragma once

#include <cstddef>

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

// What one call has asked for, and whether there may be more to ask for.
struct Retirement {
  std::size_t tasks = 0;
  bool more = false;
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

  // Asks the engine to delete and to purge what is old, so many tasks a call that clients do not
  // wait behind them. A call begins where the last one stopped.
  //
  // Guarantees  a task that has changed since this looked at it is not deleted; called again until
  //             there is no more, it has looked at every task
  // Errors      those of the store
  Result<Retirement> retire_tasks();

 private:
  struct Retired;

  bool retire(const Retired& retired);

  const Parts parts_;
  Key from_;  // Where the next call begins.
};

}  // namespace carillon
