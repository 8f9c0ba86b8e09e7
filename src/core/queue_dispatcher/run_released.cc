#include "core/queue_dispatcher/attempt_places.h"
#include "core/queue_dispatcher/moves.h"

namespace carillon::queue_dispatcher {
namespace {

// A task that is gone releases nothing any more, so all its places are given up with its entry.
Result<void> forget_task(OpenQueue& queue, TaskBucket& bucket, const TaskEntry& task) {
  for (const AttemptPlace& place : task.attempts) {
    if (auto left = leave_place(queue, task.task, place); !left) return left;
  }
  const TaskId gone = task.task;
  bucket.erase(gone);
  store_bucket(queue.context, gone, bucket);
  return {};
}

}  // namespace

Result<void> run_released(OpenQueue& queue, const RunReleased& released) {
  auto bucket = load_bucket(queue.context, released.task);
  if (!bucket) return fail(std::move(bucket.error()));
  TaskEntry* task = bucket->find(released.task);
  if (task == nullptr) return {};
  if (released.forget) return forget_task(queue, *bucket, *task);

  const AttemptPlace* place = task->find(released.fence);
  if (place == nullptr || !place->granted) return {};
  if (auto left = leave_place(queue, released.task, *place); !left) return left;
  task->erase(released.fence);
  store_bucket(queue.context, released.task, *bucket);
  return {};
}

}  // namespace carillon::queue_dispatcher
