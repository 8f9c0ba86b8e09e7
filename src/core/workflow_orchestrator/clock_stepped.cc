#include "core/workflow_orchestrator/moves.h"

namespace carillon::workflow_orchestrator {

// A running workflow waits for steps, not for moments; advance asks again for its own next step. A
// finished one is readable for longer.
Result<void> clock_stepped(OpenWorkflow&, const ClockStepped&) { return {}; }

}  // namespace carillon::workflow_orchestrator
