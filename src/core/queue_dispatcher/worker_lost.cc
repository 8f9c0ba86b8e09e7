#include "core/queue_dispatcher/attempt_places.h"
#include "core/queue_dispatcher/moves.h"

namespace carillon::queue_dispatcher {

// The tasks are told by settle, as many as one step may.
Result<void> worker_lost(OpenQueue& queue, const WorkerLost& lost) {
  for (WorkerRow& row : queue.header.workers) {
    if (row.gone || row.name != lost.worker || row.epoch > lost.epoch) continue;
    declare_gone(row, lost.reason.empty() ? "The worker is gone." : lost.reason);
  }
  return {};
}

}  // namespace carillon::queue_dispatcher
