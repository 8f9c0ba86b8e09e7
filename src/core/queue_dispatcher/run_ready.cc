#include <algorithm>

#include "core/queue_dispatcher/attempt_places.h"
#include "core/queue_dispatcher/moves.h"
#include "core/queue_dispatcher/waiting_lists.h"
#include "core/queue_dispatcher/worker_places.h"
#include "domain/record/facts.h"

namespace carillon::queue_dispatcher {
namespace {

// Executors offer places to queues they know of, so the first use of a queue is told to them.
void open_once(OpenQueue& queue) {
  if (queue.header.opened) return;
  queue.header.opened = true;
  const Key name(queue.context.key());
  queue.context.emit(Topic::task_execution, FactType::queue_opened, name,
                     to_wire(QueueOpened{QueueName(name)}));
}

// A place that is free goes to the newcomer only if nobody who waits could take it.
WorkerRow* place_for_newcomer(QueueHeader& header, Lane lane) {
  if (!may_run_one_more(header) || next_list(header) != nullptr) return nullptr;
  return freest_worker(header, lane);
}

}  // namespace

Result<void> run_ready(OpenQueue& queue, const RunReady& ready) {
  auto bucket = load_bucket(queue.context, ready.task);
  if (!bucket) return fail(std::move(bucket.error()));
  TaskEntry& task = bucket->find_or_add(ready.task);
  if (ready.fence <= task.last_fence) return {};
  task.last_fence = ready.fence;
  open_once(queue);

  AttemptPlace place{.fence = ready.fence};
  if (WorkerRow* worker = place_for_newcomer(queue.header, ready.lane)) {
    place.granted =
        grant_place(queue, *worker, ready.lane, {.task = ready.task, .fence = ready.fence});
  } else {
    RunReady bounded = ready;
    bounded.priority = std::min(ready.priority, limits::kPriorityMax);
    auto waiting = append_waiting(queue, bounded);
    if (!waiting) return fail(std::move(waiting.error()));
    place.waiting = *waiting;
  }
  task.attempts.push_back(place);
  store_bucket(queue.context, ready.task, *bucket);
  return {};
}

}  // namespace carillon::queue_dispatcher
