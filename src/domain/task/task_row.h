// The part of a task that changes while it lives, as facts carry it and readers see it. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "base/fields.h"
#include "base/instant.h"
#include "domain/id/ids.h"
#include "domain/run/run_row.h"
#include "domain/task/task_definition.h"
#include "domain/task/task_status.h"

namespace carillon {

// How the last run went, kept on the task.
struct LastRun {
  RunId run;
  std::optional<SlotId> slot;
  RunStatus status = RunStatus::queued;
  std::optional<Instant> started_at;
  std::optional<Instant> ended_at;
  std::uint32_t attempts = 0;
  std::optional<Instant> next_slot;  // While a retry is pending: the next slot of the schedule.

  friend bool operator==(const LastRun&, const LastRun&) = default;
  static constexpr auto fields() {
    return std::tuple{
        Field{1, "runId", &LastRun::run},         Field{2, "slotId", &LastRun::slot},
        Field{3, "status", &LastRun::status},     Field{4, "startedAt", &LastRun::started_at},
        Field{5, "endedAt", &LastRun::ended_at},  Field{6, "attempts", &LastRun::attempts},
        Field{7, "nextSlot", &LastRun::next_slot}};
  }
};

struct PauseNote {
  std::string reason;
  std::string by;
  Instant at;
  std::optional<Instant> until;

  friend bool operator==(const PauseNote&, const PauseNote&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "reason", &PauseNote::reason}, Field{2, "by", &PauseNote::by},
                      Field{3, "at", &PauseNote::at}, Field{4, "until", &PauseNote::until}};
  }
};

struct TaskRow {
  TaskStatus status = TaskStatus::created;
  TaskVersion version;
  std::optional<Instant> next_execution;
  Instant created_at;
  Instant updated_at;
  std::uint64_t retry_count = 0;      // Retries over the task's life.
  std::uint32_t current_retries = 0;  // Retries used by the current or last run.
  std::uint32_t generation = 0;       // 0 before the first arming.
  std::optional<LastRun> last_run;
  std::optional<PauseNote> pause;

  friend bool operator==(const TaskRow&, const TaskRow&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "status", &TaskRow::status},
                      Field{2, "version", &TaskRow::version},
                      Field{3, "nextExecutionTime", &TaskRow::next_execution},
                      Field{4, "createdAt", &TaskRow::created_at},
                      Field{5, "updatedAt", &TaskRow::updated_at},
                      Field{6, "retryCount", &TaskRow::retry_count},
                      Field{7, "currentRetries", &TaskRow::current_retries},
                      Field{8, "generation", &TaskRow::generation},
                      Field{9, "lastRun", &TaskRow::last_run},
                      Field{10, "pause", &TaskRow::pause}};
  }
};

// A task as a reader sees it: a pure function of the core's state for its key.
struct TaskSnapshot {
  TaskId id;
  TaskDefinition definition;
  TaskRow row;
  Outcome outcome;  // Of the last run that ended, or set by hand.

  friend bool operator==(const TaskSnapshot&, const TaskSnapshot&) = default;
  static constexpr auto fields() {
    return std::tuple{
        Field{1, "id", &TaskSnapshot::id}, Field{2, "definition", &TaskSnapshot::definition},
        Field{3, "row", &TaskSnapshot::row}, Field{4, "outcome", &TaskSnapshot::outcome}};
  }
};

}  // namespace carillon
