// Runs and attempts as facts carry them and readers see them. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "base/fields.h"
#include "base/instant.h"
#include "base/json_text.h"
#include "domain/id/ids.h"

namespace carillon {

enum class RunStatus : std::uint8_t {
  queued,    // Its next attempt waits for a free place.
  running,   // An attempt is running.
  retrying,  // Waits out the delay before the next attempt.
  completed,
  failed,
  cancelled,
};

constexpr bool is_final(RunStatus status) {
  return status == RunStatus::completed || status == RunStatus::failed ||
         status == RunStatus::cancelled;
}

enum class AttemptStatus : std::uint8_t {
  queued,
  running,
  completed,
  failed,
  timed_out,
  lost,
  cancelled
};

// Why a run exists.
enum class RunTrigger : std::uint8_t { slot, catch_up, backfill, manual, retry, workflow };

// What an attempt or run produced. Both empty while it has not ended.
struct Outcome {
  static constexpr unsigned char kSchemaVersion = 1;

  JsonText result;
  std::string
      error_code;  // kebab-case: the handler's own, or timed-out, lost, no-worker-in-time, ...
  std::string error_message;

  [[nodiscard]] bool empty() const { return result.empty() && error_code.empty(); }

  friend bool operator==(const Outcome&, const Outcome&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "result", &Outcome::result},
                      Field{2, "errorCode", &Outcome::error_code},
                      Field{3, "errorMessage", &Outcome::error_message}};
  }
};

// A run with its current or last attempt. The latest row of a run is the whole truth about it.
struct RunRow {
  RunId id;
  RunStatus status = RunStatus::queued;
  RunTrigger trigger = RunTrigger::slot;
  std::optional<SlotId> slot;
  std::optional<Instant> nominal;
  std::optional<Instant> due;
  Instant created_at;
  std::optional<Instant> started_at;  // First attempt accepted.
  std::optional<Instant> ended_at;
  std::uint32_t attempt = 0;  // Number of the current or last attempt; 0 before the first.
  std::uint32_t retries = 0;  // Retries used of the budget.
  AttemptStatus attempt_status = AttemptStatus::queued;
  std::optional<Instant> attempt_started_at;
  std::optional<Instant> next_attempt_at;
  Fence fence;
  std::string worker;
  Outcome outcome;  // Of the run when it has ended, else of the last attempt that ended.

  friend bool operator==(const RunRow&, const RunRow&) = default;
  static constexpr auto fields() {
    using R = RunRow;
    return std::tuple{Field{1, "runId", &R::id},
                      Field{2, "status", &R::status},
                      Field{3, "trigger", &R::trigger},
                      Field{4, "slotId", &R::slot},
                      Field{5, "nominal", &R::nominal},
                      Field{6, "due", &R::due},
                      Field{7, "createdAt", &R::created_at},
                      Field{8, "startedAt", &R::started_at},
                      Field{9, "endedAt", &R::ended_at},
                      Field{10, "attempt", &R::attempt},
                      Field{11, "retries", &R::retries},
                      Field{12, "attemptStatus", &R::attempt_status},
                      Field{13, "attemptStartedAt", &R::attempt_started_at},
                      Field{14, "nextAttemptAt", &R::next_attempt_at},
                      Field{15, "fence", &R::fence},
                      Field{16, "worker", &R::worker},
                      Field{17, "outcome", &R::outcome}};
  }
};

}  // namespace carillon
