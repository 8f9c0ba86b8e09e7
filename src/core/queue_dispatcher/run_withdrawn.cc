#include "core/queue_dispatcher/attempt_places.h"
#include "core/queue_dispatcher/moves.h"

namespace carillon::queue_dispatcher {

// Only an attempt that still waits is removed. The grant of another one is on its way to the task,
// which refuses it and releases the place.
Result<void> run_withdrawn(OpenQueue& queue, const RunWithdrawn& withdrawn) {
  auto bucket = load_bucket(queue.context, withdrawn.task);
  if (!bucket) return fail(std::move(bucket.error()));
  TaskEntry* task = bucket->find(withdrawn.task);
  const AttemptPlace* place = task == nullptr ? nullptr : task->find(withdrawn.fence);
  if (place == nullptr || !place->waiting) return {};
  if (auto left = leave_place(queue, withdrawn.task, *place); !left) return left;
  task->erase(withdrawn.fence);
  store_bucket(queue.context, withdrawn.task, *bucket);
  return {};
}

}  // namespace carillon::queue_dispatcher
