#include "core/queue_dispatcher/moves.h"

namespace carillon::queue_dispatcher {

// A queue waits for no moment, only for its own next step, and settle asks for that again.
Result<void> clock_stepped(OpenQueue&, const ClockStepped&) { return {}; }

}  // namespace carillon::queue_dispatcher
