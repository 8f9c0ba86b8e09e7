// The life of a run: created, waiting for a place, running, retried, ended. Used by every handler
// that starts or ends something.
//
// Each function changes the step's state and adds the facts and messages that belong to the change;
// none of them settles the task's status (status.h) or stores anything.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "core/task_scheduler/task_step.h"
#include "domain/slot/slot_row.h"

namespace carillon {

struct NewRun {
  RunTrigger trigger = RunTrigger::slot;
  std::optional<SlotId> slot;
  std::optional<Instant> nominal;
  std::optional<Instant> due;
};

// Makes a run and its first attempt ready. The fact it adds is `type`, with the run on it.
// Returns the fact, so that a slot can be put on it.
TaskFact& start_run(TaskStep& step, const TaskDefinition& definition, const NewRun& request,
                    FactType type);

// The error code of an attempt that its own deadline has ended, whoever saw it first.
inline constexpr std::string_view kTimedOutCode = "timed-out";

// How an attempt ended, whoever says so.
struct AttemptEnd {
  AttemptStatus status = AttemptStatus::completed;
  bool retryable = true;
  Outcome outcome;
};

// The index of the active run whose current attempt has that fence.
std::optional<std::size_t> find_run(const TaskState& state, Fence fence);

// Ends the current attempt of a run and decides what follows: done, a retry after its delay, or
// failed. This is the one place where a retry is decided.
void end_attempt(TaskStep& step, const TaskDefinition& definition, std::size_t index,
                 const AttemptEnd& end);

// How a run ends.
struct RunEnd {
  RunStatus status = RunStatus::failed;
  Outcome outcome;
};

// Ends a run whatever its attempt is doing: what waits is withdrawn, what runs is told to stop.
void end_run(TaskStep& step, const TaskDefinition& definition, std::size_t index, RunEnd end);

// Makes the next attempt of a run ready at once.
void queue_attempt(TaskStep& step, const TaskDefinition& definition, ActiveRun& run);

// Frees the place that the run's attempt holds, if it holds one.
void release_place(TaskStep& step, ActiveRun& run);

// Tells the executor to stop the attempt; its place stays taken until it reports.
void stop_attempt(TaskStep& step, ActiveRun& run, std::string_view reason);

}  // namespace carillon
