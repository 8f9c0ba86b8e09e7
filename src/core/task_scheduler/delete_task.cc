#include <utility>

#include "core/task_scheduler/end_task.h"
#include "core/task_scheduler/handlers.h"
#include "core/task_scheduler/slots.h"

namespace carillon {

// The task's runs and slots stay readable by id until retention purges them.
Result<TaskAnswer> delete_task(TaskStep& step, const DeleteTask& command) {
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  if (step.state.pause) {
    if (auto skipped = skip_paused_slots(step); !skipped) return fail(std::move(skipped.error()));
  }
  end_task(step, **definition,
           {.reason = SlotReason::task_deleted, .message = "The task was deleted."});
  step.state.deleted_at = step.now();
  step.add_fact(FactType::task_deleted).by = command.header.by;
  return TaskAnswer{};
}

Result<void> purge_task(TaskStep& step, const PurgeTask& /*command*/) {
  if (!step.state.deleted_at || !step.state.stopping.empty()) return {};
  auto definition = step.definition();
  if (!definition) return fail(std::move(definition.error()));
  step.send(OperatorName::queue_dispatcher, (*definition)->queue.value(), RecordType::run_released,
            RunReleased{.task = step.task(), .fence = step.state.last_fence, .forget = true});
  step.purge();
  return {};
}

}  // namespace carillon
