// Commands to a task, as the journal keeps them: what somebody asked for. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "base/fields.h"
#include "base/instant.h"
#include "domain/id/ids.h"
#include "domain/task/task_definition.h"
#include "domain/task/task_status.h"

namespace carillon {

// Who asked, under which id the answer travels, and on what condition.
struct CommandHeader {
  CommandId id;
  std::string by;
  std::optional<TaskVersion>
      expected_version;   // If-Match: refuse unless the task is at this version.
  std::string reply_key;  // Key of the CommandDeduplicator that wants the answer.

  friend bool operator==(const CommandHeader&, const CommandHeader&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "commandId", &CommandHeader::id}, Field{2, "by", &CommandHeader::by},
                      Field{3, "expectedVersion", &CommandHeader::expected_version},
                      Field{4, "replyKey", &CommandHeader::reply_key}};
  }
};

// Asks for a task to exist. Asked again for the same id, it changes nothing and answers the task.
struct CreateTask {
  CommandHeader header;
  TaskDefinition definition;
  bool schedule = false;  // Arm it in the same step.

  static constexpr auto fields() {
    return std::tuple{Field{1, "header", &CreateTask::header},
                      Field{2, "definition", &CreateTask::definition},
                      Field{3, "schedule", &CreateTask::schedule}};
  }
};

// Replaces the definition. The sender merged its change into the version it names.
struct UpdateTask {
  CommandHeader header;
  TaskDefinition definition;

  static constexpr auto fields() {
    return std::tuple{Field{1, "header", &UpdateTask::header},
                      Field{2, "definition", &UpdateTask::definition}};
  }
};

// Arms the task by its own schedule, or once at run_at, or once after delay.
struct ScheduleTask {
  CommandHeader header;
  std::optional<Instant> run_at;
  std::optional<Duration> delay;

  static constexpr auto fields() {
    return std::tuple{Field{1, "header", &ScheduleTask::header},
                      Field{2, "runAt", &ScheduleTask::run_at},
                      Field{3, "delayMs", &ScheduleTask::delay}};
  }
};

struct PauseTask {
  CommandHeader header;
  std::string reason;
  std::optional<Instant> until;

  static constexpr auto fields() {
    return std::tuple{Field{1, "header", &PauseTask::header},
                      Field{2, "reason", &PauseTask::reason}, Field{3, "until", &PauseTask::until}};
  }
};

struct ResumeTask {
  CommandHeader header;
  static constexpr auto fields() { return std::tuple{Field{1, "header", &ResumeTask::header}}; }
};

struct CancelTask {
  CommandHeader header;
  std::string reason;

  static constexpr auto fields() {
    return std::tuple{Field{1, "header", &CancelTask::header},
                      Field{2, "reason", &CancelTask::reason}};
  }
};

struct RetryTask {
  CommandHeader header;
  static constexpr auto fields() { return std::tuple{Field{1, "header", &RetryTask::header}}; }
};

struct RunNow {
  CommandHeader header;
  std::optional<Overlap> overlap;  // For this once.

  static constexpr auto fields() {
    return std::tuple{Field{1, "header", &RunNow::header}, Field{2, "overlap", &RunNow::overlap}};
  }
};

// A legal change of status by hand.
struct SetStatus {
  CommandHeader header;
  TaskStatus status = TaskStatus::created;
  std::string reason;
  std::optional<std::string> execution_result;
  std::optional<std::string> error_message;

  static constexpr auto fields() {
    return std::tuple{Field{1, "header", &SetStatus::header},
                      Field{2, "status", &SetStatus::status},
                      Field{3, "reason", &SetStatus::reason},
                      Field{4, "executionResult", &SetStatus::execution_result},
                      Field{5, "errorMessage", &SetStatus::error_message}};
  }
};

struct DeleteTask {
  CommandHeader header;
  static constexpr auto fields() { return std::tuple{Field{1, "header", &DeleteTask::header}}; }
};

// Drops a deleted task for good; sent by retention, never by a user. One that is not deleted stays.
struct PurgeTask {
  CommandHeader header;
  static constexpr auto fields() { return std::tuple{Field{1, "header", &PurgeTask::header}}; }
};

}  // namespace carillon
