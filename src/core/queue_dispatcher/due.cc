#include "core/queue_dispatcher/moves.h"

namespace carillon::queue_dispatcher {

// What earlier steps could not do is done by settle. A wake-up that was replaced does nothing.
Result<void> due(OpenQueue& queue, const Due& due) {
  if (queue.header.wake != due.at) return {};
  queue.header.wake.reset();
  queue.moves_left = limits::kGrantsPerStep;
  return {};
}

}  // namespace carillon::queue_dispatcher
