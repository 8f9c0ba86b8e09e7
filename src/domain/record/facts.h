// What the core tells the world. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "base/fields.h"
#include "base/instant.h"
#include "base/json_text.h"
#include "base/wire.h"
#include "domain/id/ids.h"
#include "domain/record/task_messages.h"
#include "domain/run/run_row.h"
#include "domain/slot/slot_row.h"
#include "domain/task/task_row.h"

namespace carillon {

// A fact about a task, on task-events. Versions of one task are gapless, and the state of a task is
// the fold of its facts: a part that is present replaces what was known of it.
struct TaskFact {
  TaskId task;
  TaskVersion version;
  std::optional<TaskDefinition> definition;
  std::optional<TaskRow> row;
  std::optional<RunRow> run;
  std::optional<SlotRow> slot;
  std::optional<Outcome> outcome;  // The task's executionResult and errorMessage.
  std::string by;
  std::string detail;
  std::string task_type;  // On the fact that ends a run.

  friend bool operator==(const TaskFact&, const TaskFact&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "task", &TaskFact::task},
                      Field{2, "version", &TaskFact::version},
                      Field{3, "definition", &TaskFact::definition},
                      Field{4, "row", &TaskFact::row},
                      Field{5, "run", &TaskFact::run},
                      Field{6, "slot", &TaskFact::slot},
                      Field{7, "outcome", &TaskFact::outcome},
                      Field{8, "by", &TaskFact::by},
                      Field{9, "detail", &TaskFact::detail},
                      Field{10, "taskType", &TaskFact::task_type}};
  }
};

// The answer to a command, on task-responses.
struct TaskAnswer {
  CommandId command;
  TaskId task;
  TaskVersion version;
  std::optional<std::string> problem;  // Error code word; none means it was done.
  std::string message;
  std::string hint;
  std::optional<RunId> run;              // The run that the command made.
  bool created = false;                  // The command made the task.
  bool replayed = false;                 // An earlier answer, given again.
  std::optional<TaskSnapshot> snapshot;  // Only when a CommandDeduplicator must remember it.
  std::optional<TaskRow> row;            // Of a task that the command has just made.

  friend bool operator==(const TaskAnswer&, const TaskAnswer&) = default;
  static constexpr auto fields() {
    using A = TaskAnswer;
    return std::tuple{Field{1, "commandId", &A::command}, Field{2, "task", &A::task},
                      Field{3, "version", &A::version},   Field{4, "problem", &A::problem},
                      Field{5, "message", &A::message},   Field{6, "hint", &A::hint},
                      Field{7, "run", &A::run},           Field{8, "created", &A::created},
                      Field{9, "replayed", &A::replayed}, Field{10, "snapshot", &A::snapshot},
                      Field{11, "row", &A::row}};
  }
};

// An attempt that its worker may run now, on task-execution.
struct AttemptDispatched {
  AttemptId attempt;
  Fence fence;
  WorkerName worker;
  BootEpoch epoch;
  Claim claim = Claim::none;
  Lane lane = Lane::cpu;
  std::string name;
  std::string type;
  JsonText parameters;
  JsonText inputs;
  RunTrigger trigger = RunTrigger::slot;
  std::optional<SlotId> slot;
  std::optional<Instant> nominal;
  std::uint32_t retries = 0;
  Instant deadline;  // The core ends the attempt then; the executor may be quicker.
  std::optional<Duration> heartbeat;  // Longest silence allowed.

  friend bool operator==(const AttemptDispatched&, const AttemptDispatched&) = default;
  static constexpr auto fields() {
    using A = AttemptDispatched;
    return std::tuple{Field{1, "attempt", &A::attempt},
                      Field{2, "fence", &A::fence},
                      Field{3, "worker", &A::worker},
                      Field{4, "epoch", &A::epoch},
                      Field{5, "claim", &A::claim},
                      Field{6, "lane", &A::lane},
                      Field{7, "name", &A::name},
                      Field{8, "type", &A::type},
                      Field{9, "parameters", &A::parameters},
                      Field{10, "inputs", &A::inputs},
                      Field{11, "trigger", &A::trigger},
                      Field{12, "slotId", &A::slot},
                      Field{13, "nominal", &A::nominal},
                      Field{14, "retries", &A::retries},
                      Field{15, "deadline", &A::deadline},
                      Field{16, "heartbeatMs", &A::heartbeat}};
  }
};

// A running attempt must end, on task-execution. Its result will be refused by its fence.
struct AttemptStopRequested {
  AttemptId attempt;
  Fence fence;
  WorkerName worker;
  BootEpoch epoch;
  std::string reason;
  Duration grace = Duration::seconds(10);

  friend bool operator==(const AttemptStopRequested&, const AttemptStopRequested&) = default;
  static constexpr auto fields() {
    using S = AttemptStopRequested;
    return std::tuple{Field{1, "attempt", &S::attempt}, Field{2, "fence", &S::fence},
                      Field{3, "worker", &S::worker},   Field{4, "epoch", &S::epoch},
                      Field{5, "reason", &S::reason},   Field{6, "graceMs", &S::grace}};
  }
};

// The answer to an executor that asked whether it may start, on task-execution.
struct AttemptClaimAnswered {
  AttemptId attempt;
  Fence fence;
  WorkerName worker;
  BootEpoch epoch;
  bool accepted = false;

  friend bool operator==(const AttemptClaimAnswered&, const AttemptClaimAnswered&) = default;
  static constexpr auto fields() {
    using C = AttemptClaimAnswered;
    return std::tuple{Field{1, "attempt", &C::attempt}, Field{2, "fence", &C::fence},
                      Field{3, "worker", &C::worker}, Field{4, "epoch", &C::epoch},
                      Field{5, "accepted", &C::accepted}};
  }
};

// A queue was used for the first time; executors may now offer it their places. On task-execution.
struct QueueOpened {
  QueueName queue;
  friend bool operator==(const QueueOpened&, const QueueOpened&) = default;
  static constexpr auto fields() { return std::tuple{Field{1, "queue", &QueueOpened::queue}}; }
};

enum class NotificationKind : std::uint8_t { run_failed, recovered, slots_missed, task_paused };

// Something a person should be told, on task-notifications.
struct Notification {
  TaskId task;
  NotificationKind kind = NotificationKind::run_failed;
  std::string task_name;
  std::string title;
  std::string detail;
  std::optional<RunId> run;

  friend bool operator==(const Notification&, const Notification&) = default;
  static constexpr auto fields() {
    using N = Notification;
    return std::tuple{Field{1, "task", &N::task},          Field{2, "kind", &N::kind},
                      Field{3, "taskName", &N::task_name}, Field{4, "title", &N::title},
                      Field{5, "detail", &N::detail},      Field{6, "run", &N::run}};
  }
};

}  // namespace carillon
