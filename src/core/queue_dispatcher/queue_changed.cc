#include "core/queue_dispatcher/moves.h"

namespace carillon::queue_dispatcher {

// What runs goes on: a lower limit or a pause only holds back further grants.
Result<void> queue_changed(OpenQueue& queue, const QueueChanged& changed) {
  queue.header.concurrency_max = changed.concurrency_max;
  queue.header.paused = changed.paused;
  return {};
}

}  // namespace carillon::queue_dispatcher
