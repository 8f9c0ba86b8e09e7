#include "core/queue_dispatcher/attempt_places.h"

#include <algorithm>
#include <utility>

#include "core/keyed_state.h"
#include "core/queue_dispatcher/waiting_lists.h"
#include "core/queue_dispatcher/worker_places.h"

namespace carillon::queue_dispatcher {

GrantedPlace grant_place(OpenQueue& queue, WorkerRow& worker, Lane lane, const UsedSlot& attempt) {
  const GrantedPlace place = use_place(queue.header, worker, lane);
  store_state(queue.context, slot_subkey(place.worker, place.slot), attempt);
  queue.context.send(OperatorName::task_scheduler, Key(attempt.task.value().raw()),
                     RecordType::attempt_granted,
                     to_wire(AttemptGranted{.fence = attempt.fence,
                                            .worker = worker.name,
                                            .epoch = worker.epoch,
                                            .claim = worker.claim,
                                            .queue = QueueName(std::string(queue.context.key()))}));
  --queue.moves_left;
  return place;
}

Result<void> leave_place(OpenQueue& queue, const TaskId& task, const AttemptPlace& place) {
  if (place.waiting) return remove_waiting(queue, *place.waiting, task, place.fence);
  if (!place.granted) return fail(ErrorCode::corrupt, "An attempt of a queue has no place.");
  WorkerRow* worker = worker_at(queue.header, place.granted->worker);
  if (worker == nullptr || !uses_slot(*worker, place.granted->slot)) {
    return fail(ErrorCode::corrupt, "An attempt holds a slot that no worker has in use.");
  }
  free_place(queue.header, *worker, *place.granted);
  queue.context.erase(slot_subkey(place.granted->worker, place.granted->slot));
  drop_outlived_rows(queue.header);
  return {};
}

void declare_gone(WorkerRow& worker, std::string reason) {
  worker.gone = true;
  worker.lost_reason = std::move(reason);
  for (LanePlaces& places : worker.lanes) places.offered = 0;
  std::erase_if(worker.lanes, [](const LanePlaces& places) { return places.used == 0; });
}

void drop_outlived_rows(QueueHeader& header) {
  const auto has_newer_life = [&](const WorkerRow& row) {
    return std::ranges::any_of(header.workers, [&](const WorkerRow& other) {
      return other.name == row.name && other.epoch > row.epoch;
    });
  };
  for (std::size_t at = 0; at < header.workers.size();) {
    WorkerRow& row = header.workers[at];
    if (row.gone && row.used_slots.empty() && has_newer_life(row)) {
      header.workers.erase(header.workers.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      ++at;
    }
  }
}

}  // namespace carillon::queue_dispatcher
