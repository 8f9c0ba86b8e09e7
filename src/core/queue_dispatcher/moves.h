// What a queue does about each record, and what it does afterwards whatever the record was. Each
// function is pure, works on an opened queue, and lies in the file named after its record.
#pragma once

#include "base/result.h"
#include "core/queue_dispatcher/queue_state.h"
#include "domain/record/queue_records.h"
#include "domain/record/task_messages.h"

namespace carillon::queue_dispatcher {

Result<void> run_ready(OpenQueue& queue, const RunReady& ready);
Result<void> run_withdrawn(OpenQueue& queue, const RunWithdrawn& withdrawn);
Result<void> run_released(OpenQueue& queue, const RunReleased& released);
Result<void> worker_credit(OpenQueue& queue, const WorkerCredit& credit);
Result<void> worker_lost(OpenQueue& queue, const WorkerLost& lost);
Result<void> queue_changed(OpenQueue& queue, const QueueChanged& changed);
Result<void> due(OpenQueue& queue, const Due& due);
Result<void> clock_stepped(OpenQueue& queue, const ClockStepped& stepped);

// Tells the tasks of lost workers, then grants what has a place, both as far as this step may, and
// asks to be woken at once when something is left.
//
// Errors  corrupt  parts of the state contradict each other
Result<void> settle(OpenQueue& queue);

}  // namespace carillon::queue_dispatcher
