// The attempts that wait for a place: lists of chunks under subkeys, their ends in the header.
// Pure.
#pragma once

#include "base/result.h"
#include "core/queue_dispatcher/queue_state.h"
#include "core/queue_dispatcher/waiting_entries.h"
#include "domain/record/queue_records.h"

namespace carillon::queue_dispatcher {

// Puts an attempt at the end of the list of its lane and priority and gives it the next ordinal.
// Returns where it lies.
//
// Errors  corrupt  a chunk that the header names is missing
// Cost    one chunk read and written; every limits::kChunkEntries-th time two
Result<WaitingPlace> append_waiting(OpenQueue& queue, const RunReady& ready);

// Takes the first entry off the list, which is a row of the header; an emptied row is dropped.
//
// Errors  corrupt  a chunk that the header names is missing or too short
// Cost    one chunk read, none written
Result<WaitingEntry> take_first(OpenQueue& queue, const WaitingList& list);

// Removes the attempt's entry, wherever in its list it lies.
//
// Errors  corrupt  the entry is not where its place says
// Cost    one chunk read and written; three when a chunk becomes empty
Result<void> remove_waiting(OpenQueue& queue, const WaitingPlace& place, const TaskId& task,
                            Fence fence);

}  // namespace carillon::queue_dispatcher
