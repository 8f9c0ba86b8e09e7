// From what a handler says to what the engine is told. Pure functions.
#pragma once

#include <optional>

#include "domain/id/ids.h"
#include "domain/record/task_messages.h"
#include "executors/stop_signal.h"
#include "executors/task_type.h"

namespace carillon {

// The report of an attempt's end, with result and message cut to their bounds. A handler that gave
// way to a deadline has failed with `timed-out`, and one that gave way to a shutdown says nothing
// (nullopt), so that the engine runs it again.
std::optional<AttemptFinished> report_of(Fence fence, AttemptEnding ending,
                                         const std::optional<StopRequest>& stop);

// Parameters or types that no attempt can cure.
AttemptEnding ending_of(const Error& error);

// What the world refused while the attempt ran: the error's own code; another attempt may help when
// the error table says so, or when something was missing that may still come.
Failed failure_of(const Error& error);

}  // namespace carillon
