#include <algorithm>
#include <utility>

#include "core/queue_dispatcher/attempt_places.h"
#include "core/queue_dispatcher/moves.h"
#include "domain/limits.h"

namespace carillon::queue_dispatcher {
namespace {

WorkerRow* latest_life(QueueHeader& header, const WorkerName& name) {
  WorkerRow* latest = nullptr;
  for (WorkerRow& row : header.workers) {
    if (row.name == name && (latest == nullptr || row.epoch > latest->epoch)) latest = &row;
  }
  return latest;
}

// Workflows run in no executor, so an offer for their lane means nothing.
std::uint32_t offered_in(const WorkerCredit& credit, Lane lane) {
  if (lane == Lane::workflow) return 0;
  const auto found = std::ranges::find(credit.lanes, lane, &LaneSlots::lane);
  return found == credit.lanes.end() ? 0 : std::min(found->slots, limits::kWorkerSlots);
}

// Places in use stay in use when the offer shrinks; they are not granted again once released.
void apply_offer(WorkerRow& worker, const WorkerCredit& credit) {
  worker.claim = credit.claim;
  for (const LaneSlots& offer : credit.lanes) {
    const auto known = std::ranges::find(worker.lanes, offer.lane, &LanePlaces::lane);
    if (known == worker.lanes.end()) worker.lanes.push_back({.lane = offer.lane});
  }
  for (LanePlaces& places : worker.lanes) places.offered = offered_in(credit, places.lane);
  std::erase_if(worker.lanes,
                [](const LanePlaces& places) { return places.offered == 0 && places.used == 0; });
  std::ranges::sort(worker.lanes, {}, &LanePlaces::lane);
}

// Drops the row of the worker that is gone longest, by epoch, to keep the header bounded. Its only
// use was to refuse offers that come late.
bool make_room(QueueHeader& header) {
  if (header.workers.size() < limits::kWorkersPerQueue) return true;
  auto oldest = header.workers.end();
  for (auto row = header.workers.begin(); row != header.workers.end(); ++row) {
    if (!row->gone || !row->used_slots.empty()) continue;
    if (oldest == header.workers.end() || row->epoch < oldest->epoch) oldest = row;
  }
  if (oldest == header.workers.end()) return false;
  header.workers.erase(oldest);
  return true;
}

WorkerRow& add_worker(QueueHeader& header, const WorkerCredit& credit) {
  std::uint32_t index = 0;
  auto at = header.workers.begin();
  while (at != header.workers.end() && at->index == index) {
    ++at;
    ++index;
  }
  return *header.workers.insert(
      at, WorkerRow{.index = index, .name = credit.worker, .epoch = credit.epoch});
}

}  // namespace

Result<void> worker_credit(OpenQueue& queue, const WorkerCredit& credit) {
  WorkerRow* known = latest_life(queue.header, credit.worker);
  if (known != nullptr && credit.epoch < known->epoch) return {};
  if (known != nullptr && credit.epoch == known->epoch) {
    if (!known->gone) apply_offer(*known, credit);
    return {};
  }
  if (known != nullptr && !known->gone) {
    declare_gone(*known, "The worker was restarted.");
  } else if (known == nullptr && !make_room(queue.header)) {
    return {};  // Its places are not used; the workers that are known go on.
  }
  apply_offer(add_worker(queue.header, credit), credit);
  drop_outlived_rows(queue.header);
  return {};
}

}  // namespace carillon::queue_dispatcher
