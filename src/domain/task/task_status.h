// The states of a task. Which change is legal: docs/reference/task-status.md. Values.
#pragma once

#include <cstdint>

namespace carillon {

enum class TaskStatus : std::uint8_t {
  created,    // Defined, not armed.
  scheduled,  // Armed and waiting for a slot, a retry or a free place.
  running,    // An attempt is running.
  completed,  // A one-shot that succeeded, or a schedule that has ended.
  failed,     // A one-shot whose retries are spent or whose slot was skipped.
  paused,     // Slots that come due are recorded as skipped.
  cancelled,  // Stopped for good.
};

// True when the task will never start anything again by itself.
constexpr bool is_final(TaskStatus status) {
  return status == TaskStatus::completed || status == TaskStatus::failed ||
         status == TaskStatus::cancelled;
}

}  // namespace carillon
