// The places that workers offer and attempts use. Pure: works on the header alone.
#pragma once

#include <cstdint>

#include "core/queue_dispatcher/queue_state.h"

namespace carillon::queue_dispatcher {

// True when the queue as a whole may have one more attempt running.
bool may_run_one_more(const QueueHeader& header);

// The living worker with most free places in the lane, the one with the lowest index among equals;
// null when no place is free.
WorkerRow* freest_worker(QueueHeader& header, Lane lane);

// The list whose first entry is next, or null when nothing can be granted: the highest priority
// first, and within it the entry that came first, over all lanes with a free place.
const WaitingList* next_list(QueueHeader& header);

// The row with that index; null when there is none.
WorkerRow* worker_at(QueueHeader& header, std::uint32_t index);

// Uses the lowest free slot of the worker for an attempt of that lane.
//
// Requires  the worker has a free place in the lane
GrantedPlace use_place(QueueHeader& header, WorkerRow& worker, Lane lane);

// Gives a place back. Requires that it is in use.
void free_place(QueueHeader& header, WorkerRow& worker, const GrantedPlace& place);

bool uses_slot(const WorkerRow& worker, std::uint32_t slot);

// The lowest slot in use. Requires that there is one.
std::uint32_t lowest_used_slot(const WorkerRow& worker);

// The counts of the header agree with each other; what a step checks before it stores it.
bool counts_agree(const QueueHeader& header);

}  // namespace carillon::queue_dispatcher
