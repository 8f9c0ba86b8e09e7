// How an attempt gets and loses its place, in the three spots that know of it: the worker's row,
// the slot and the task's entry. Pure.
#pragma once

#include <string>

#include "base/result.h"
#include "core/queue_dispatcher/queue_state.h"
#include "domain/id/ids.h"

namespace carillon::queue_dispatcher {

// Grants the attempt a place of the worker and tells its task. The caller stores the returned place
// in the task's entry.
//
// Requires  the worker has a free place in the lane
GrantedPlace grant_place(OpenQueue& queue, WorkerRow& worker, Lane lane, const UsedSlot& attempt);

// Takes the attempt's place away: out of the waiting list, or off the worker. The caller drops it
// from the task's entry.
//
// Errors  corrupt  parts of the state contradict each other
Result<void> leave_place(OpenQueue& queue, const TaskId& task, const AttemptPlace& place);

// Marks the worker gone; settle tells the tasks of its attempts.
void declare_gone(WorkerRow& worker, std::string reason);

// Drops the rows of workers that are gone, hold nothing, and whose newer life is known.
void drop_outlived_rows(QueueHeader& header);

}  // namespace carillon::queue_dispatcher
