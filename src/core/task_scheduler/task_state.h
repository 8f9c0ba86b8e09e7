// The stored state of one task: everything its next decision depends on. Values.
//
// Three values under a task's key, so that a transition rewrites only the small one: the state, the
// definition (changes on edit), the outcome of the last run (written once per run).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "base/instant.h"
#include "base/result.h"
#include "base/wire.h"
#include "core/operator.h"
#include "domain/id/ids.h"
#include "domain/record/task_messages.h"
#include "domain/run/run_row.h"
#include "domain/task/task_row.h"
#include "domain/task/task_status.h"

namespace carillon {

inline constexpr Subkey kTaskStateSubkey = 1;
inline constexpr Subkey kTaskDefinitionSubkey = 2;
inline constexpr Subkey kTaskOutcomeSubkey = 3;

// Where a schedule stands. Every nominal <= cursor has its record, none > cursor has.
struct ScheduleState {
  std::uint32_t generation = 0;
  bool armed = false;
  Instant armed_at;               // When this generation began.
  std::optional<Instant> run_at;  // A one-shot asked for by hand.
  Instant cursor;
  std::optional<Instant> next_nominal;  // The slot after the cursor; none when the plan has ended.
  std::optional<Instant> next_due;
  std::string fingerprint;         // Of the zone rules of this generation.
  std::uint64_t runs_started = 0;  // From slots, against maxRuns; an edit keeps the count.
  bool one_shot_skipped = false;   // The only slot was decided without a run.
  bool taken_away = false;         // An edit removed the schedule of the armed task.

  friend bool operator==(const ScheduleState&, const ScheduleState&) = default;
  static constexpr auto fields() {
    using S = ScheduleState;
    return std::tuple{Field{1, "generation", &S::generation},
                      Field{2, "armed", &S::armed},
                      Field{3, "armedAt", &S::armed_at},
                      Field{4, "runAt", &S::run_at},
                      Field{5, "cursor", &S::cursor},
                      Field{6, "nextNominal", &S::next_nominal},
                      Field{7, "nextDue", &S::next_due},
                      Field{8, "fingerprint", &S::fingerprint},
                      Field{9, "runsStarted", &S::runs_started},
                      Field{10, "oneShotSkipped", &S::one_shot_skipped},
                      Field{11, "takenAway", &S::taken_away}};
  }
};

// A run that is not final, with the deadlines of its current attempt.
struct ActiveRun {
  RunRow row;
  std::uint32_t lost = 0;               // Re-runs of lost attempts so far.
  Duration last_delay;                  // Before the last retry; for decorrelated jitter.
  std::optional<Instant> start_by;      // The attempt must have started by then.
  std::optional<Instant> attempt_end;   // It must have finished by then.
  std::optional<Instant> silent_until;  // It must have given a sign of life by then.
  std::optional<Instant> run_end;       // The run must be final by then.
  bool run_end_is_deadline = false;     // run_end came from deadlineMs, not from runMs.
  BootEpoch epoch;                      // Of the worker that holds the grant.
  bool granted = false;                 // A place is taken in the queue; it must be released.
  std::string progress;                 // The last note of the current attempt.
  QueueName queue;                      // Of the current attempt; an edit does not move it.
  std::optional<Duration> heartbeat;    // As its executor was told; an edit does not change it.

  friend bool operator==(const ActiveRun&, const ActiveRun&) = default;
  static constexpr auto fields() {
    using A = ActiveRun;
    return std::tuple{Field{1, "row", &A::row},
                      Field{2, "lost", &A::lost},
                      Field{3, "lastDelay", &A::last_delay},
                      Field{4, "startBy", &A::start_by},
                      Field{5, "attemptEnd", &A::attempt_end},
                      Field{6, "silentUntil", &A::silent_until},
                      Field{7, "runEnd", &A::run_end},
                      Field{8, "runEndIsDeadline", &A::run_end_is_deadline},
                      Field{9, "epoch", &A::epoch},
                      Field{10, "granted", &A::granted},
                      Field{11, "progress", &A::progress},
                      Field{12, "queue", &A::queue},
                      Field{13, "heartbeatMs", &A::heartbeat}};
  }
};

// An attempt that was told to stop and whose executor has not reported yet. Its place in the queue
// stays taken until then, because the handler may still be working.
struct StoppingAttempt {
  AttemptId attempt;
  Fence fence;
  QueueName queue;

  friend bool operator==(const StoppingAttempt&, const StoppingAttempt&) = default;
  static constexpr auto fields() {
    using S = StoppingAttempt;
    return std::tuple{Field{1, "attempt", &S::attempt}, Field{2, "fence", &S::fence},
                      Field{3, "queue", &S::queue}};
  }
};

struct TaskState {
  static constexpr unsigned char kSchemaVersion = 1;

  TaskStatus status = TaskStatus::created;
  TaskVersion version;
  Instant created_at;
  Instant updated_at;
  std::uint64_t retry_count = 0;
  std::uint32_t current_retries = 0;
  std::uint32_t runs_created = 0;
  Fence last_fence;
  ScheduleState schedule;
  std::vector<ActiveRun> active_runs;
  std::vector<StoppingAttempt> stopping;
  std::optional<LastRun> last_run;
  std::optional<PauseNote> pause;
  std::optional<Instant> wake_at;  // The one pending wake-up.
  std::optional<Instant> deleted_at;
  std::vector<std::uint64_t> recent_commands;  // Hashes of the last commands that were done.
  bool paused_by_failure = false;              // The pause is the work of pauseOnFailure.
  std::optional<Instant> stepped_from;  // The last step of the clock that moved waits: from there
  std::optional<Instant> stepped_to;    // to here.

  friend bool operator==(const TaskState&, const TaskState&) = default;
  static constexpr auto fields() {
    using T = TaskState;
    return std::tuple{Field{1, "status", &T::status},
                      Field{2, "version", &T::version},
                      Field{3, "createdAt", &T::created_at},
                      Field{4, "updatedAt", &T::updated_at},
                      Field{5, "retryCount", &T::retry_count},
                      Field{6, "currentRetries", &T::current_retries},
                      Field{7, "runsCreated", &T::runs_created},
                      Field{8, "lastFence", &T::last_fence},
                      Field{9, "schedule", &T::schedule},
                      Field{10, "activeRuns", &T::active_runs},
                      Field{11, "stopping", &T::stopping},
                      Field{12, "lastRun", &T::last_run},
                      Field{13, "pause", &T::pause},
                      Field{14, "wakeAt", &T::wake_at},
                      Field{15, "deletedAt", &T::deleted_at},
                      Field{16, "recentCommands", &T::recent_commands},
                      Field{17, "pausedByFailure", &T::paused_by_failure},
                      Field{18, "steppedFrom", &T::stepped_from},
                      Field{19, "steppedTo", &T::stepped_to}};
  }
};

// Compiled once, in task_step.cc, as the forms in domain/record/wire_forms.h.
extern template void append_wire(Bytes& out, const TaskState& value);
extern template Result<void> read_wire(std::string_view in, TaskState& value);

}  // namespace carillon
