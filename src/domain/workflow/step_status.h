// The states of a step of a workflow run. Values.
#pragma once

#include <cstdint>

namespace carillon {

enum class StepStatus : std::uint8_t {
  waiting,  // For the steps it depends on.
  running,  // Its child task exists and has not ended.
  completed,
  failed,
  cancelled,
  skipped,  // Never started: the workflow ended before its turn.
};

constexpr bool is_final(StepStatus status) {
  return status != StepStatus::waiting && status != StepStatus::running;
}

}  // namespace carillon
