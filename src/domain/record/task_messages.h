// What hosts, executors and other operators tell a task. Values.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "base/fields.h"
#include "base/instant.h"
#include "domain/id/ids.h"
#include "domain/run/run_row.h"

namespace carillon {

// The wake-up a key asked for has come. One that matches no pending wake-up is ignored.
struct Due {
  Instant at;                  // What was asked for, not when it came.
  bool clock_stepped = false;  // Within 30 s after the wall clock jumped forward.

  static constexpr auto fields() {
    return std::tuple{Field{1, "at", &Due::at}, Field{2, "clockStepped", &Due::clock_stepped}};
  }
};

// The wall clock was set back by more than a minute: pending waits keep their remaining time.
struct ClockStepped {
  Instant from;
  Instant to;

  static constexpr auto fields() {
    return std::tuple{Field{1, "from", &ClockStepped::from}, Field{2, "to", &ClockStepped::to}};
  }
};

// Whether an executor must ask before it starts.
enum class Claim : std::uint8_t { none, required };

// From QueueDispatcher: an executor has a free place for the attempt.
struct AttemptGranted {
  Fence fence;
  WorkerName worker;
  BootEpoch epoch;
  Claim claim = Claim::none;
  QueueName queue;  // Whose place it is: the task may have moved to another queue meanwhile.

  static constexpr auto fields() {
    return std::tuple{
        Field{1, "fence", &AttemptGranted::fence}, Field{2, "worker", &AttemptGranted::worker},
        Field{3, "epoch", &AttemptGranted::epoch}, Field{4, "claim", &AttemptGranted::claim},
        Field{5, "queue", &AttemptGranted::queue}};
  }
};

// From an executor with claim `required`: may I start?
struct AttemptStarted {
  Fence fence;
  static constexpr auto fields() { return std::tuple{Field{1, "fence", &AttemptStarted::fence}}; }
};

// A sign of life, with optional progress in words.
struct AttemptProgress {
  Fence fence;
  std::string note;

  static constexpr auto fields() {
    return std::tuple{Field{1, "fence", &AttemptProgress::fence},
                      Field{2, "note", &AttemptProgress::note}};
  }
};

enum class FinishKind : std::uint8_t { completed, failed, failed_for_good, cancelled };

// How an attempt ended, by its executor.
struct AttemptFinished {
  Fence fence;
  FinishKind kind = FinishKind::completed;
  Outcome outcome;

  static constexpr auto fields() {
    return std::tuple{Field{1, "fence", &AttemptFinished::fence},
                      Field{2, "kind", &AttemptFinished::kind},
                      Field{3, "outcome", &AttemptFinished::outcome}};
  }
};

// From QueueDispatcher: the executor that had the grant is gone.
struct AttemptLost {
  Fence fence;
  std::string reason;

  static constexpr auto fields() {
    return std::tuple{Field{1, "fence", &AttemptLost::fence},
                      Field{2, "reason", &AttemptLost::reason}};
  }
};

// From WorkflowOrchestrator: the workflow that a run stands for has ended.
struct WorkflowFinished {
  std::uint32_t run = 0;
  Fence fence;
  RunStatus status = RunStatus::completed;
  Outcome outcome;

  static constexpr auto fields() {
    return std::tuple{Field{1, "run", &WorkflowFinished::run},
                      Field{2, "fence", &WorkflowFinished::fence},
                      Field{3, "status", &WorkflowFinished::status},
                      Field{4, "outcome", &WorkflowFinished::outcome}};
  }
};

// The host now has other rules for the task's time zone.
struct ZoneRulesChanged {
  std::string fingerprint;
  static constexpr auto fields() {
    return std::tuple{Field{1, "fingerprint", &ZoneRulesChanged::fingerprint}};
  }
};

}  // namespace carillon
