#include <utility>

#include "core/keyed_state.h"
#include "core/queue_dispatcher/attempt_places.h"
#include "core/queue_dispatcher/moves.h"
#include "core/queue_dispatcher/waiting_lists.h"
#include "core/queue_dispatcher/worker_places.h"

namespace carillon::queue_dispatcher {
namespace {

WorkerRow* worker_to_bury(QueueHeader& header) {
  for (WorkerRow& worker : header.workers) {
    if (worker.gone && !worker.used_slots.empty()) return &worker;
  }
  return nullptr;
}

// Takes the attempt in the worker's lowest used slot away from it and tells its task.
Result<void> lose_one(OpenQueue& queue, const WorkerRow& worker) {
  const Subkey subkey = slot_subkey(worker.index, lowest_used_slot(worker));
  const auto attempt = load_state<UsedSlot>(queue.context, subkey);
  if (!attempt) return fail(attempt.error());
  if (!*attempt) return fail(ErrorCode::corrupt, "A slot in use holds no attempt.");
  const auto [task_id, fence] = **attempt;

  auto bucket = load_bucket(queue.context, task_id);
  if (!bucket) return fail(std::move(bucket.error()));
  TaskEntry* task = bucket->find(task_id);
  const AttemptPlace* place = task == nullptr ? nullptr : task->find(fence);
  if (place == nullptr) return fail(ErrorCode::corrupt, "A slot's attempt is not its task's.");

  queue.context.send(OperatorName::task_scheduler, Key(task_id.value().raw()),
                     RecordType::attempt_lost,
                     to_wire(AttemptLost{.fence = fence, .reason = worker.lost_reason}));
  --queue.moves_left;
  if (auto left = leave_place(queue, task_id, *place); !left) return left;
  task->erase(fence);
  store_bucket(queue.context, task_id, *bucket);
  return {};
}

// Grants the first entry of the list a place of the freest worker.
Result<void> grant_first(OpenQueue& queue, const WaitingList& list) {
  const Lane lane = list.lane;
  const auto entry = take_first(queue, list);
  if (!entry) return fail(entry.error());
  auto bucket = load_bucket(queue.context, entry->task);
  if (!bucket) return fail(std::move(bucket.error()));
  TaskEntry* task = bucket->find(entry->task);
  AttemptPlace* place = task == nullptr ? nullptr : task->find(entry->fence);
  if (place == nullptr) return fail(ErrorCode::corrupt, "A waiting attempt is not its task's.");

  WorkerRow* worker = freest_worker(queue.header, lane);
  place->waiting.reset();
  place->granted = grant_place(queue, *worker, lane, {.task = entry->task, .fence = entry->fence});
  store_bucket(queue.context, entry->task, *bucket);
  return {};
}

// A wake-up that is pending and not in the future is kept: asking again would change nothing.
void ask_for_next_step(OpenQueue& queue) {
  const bool more = worker_to_bury(queue.header) != nullptr || next_list(queue.header) != nullptr;
  std::optional<Instant>& wake = queue.header.wake;
  if (more ? (wake && *wake <= queue.context.now()) : !wake) return;
  wake.reset();
  if (more) wake = queue.context.now();
  queue.context.wake_at(wake);
}

}  // namespace

Result<void> settle(OpenQueue& queue) {
  while (queue.moves_left > 0) {
    const WorkerRow* worker = worker_to_bury(queue.header);
    if (worker == nullptr) break;
    if (auto lost = lose_one(queue, *worker); !lost) return lost;
  }
  while (queue.moves_left > 0) {
    const WaitingList* list = next_list(queue.header);
    if (list == nullptr) break;
    if (auto granted = grant_first(queue, *list); !granted) return granted;
  }
  ask_for_next_step(queue);
  return {};
}

}  // namespace carillon::queue_dispatcher
