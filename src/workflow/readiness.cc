#include "workflow/readiness.h"

#include <algorithm>

#include "base/check.h"

namespace carillon {

std::vector<std::uint32_t> ready_steps(const StepGraph& graph, std::span<const StepStatus> statuses,
                                       std::size_t count_max) {
  CARILLON_CHECK(graph.steps.size() == statuses.size());
  const auto is_completed = [&](std::uint32_t at) { return statuses[at] == StepStatus::completed; };
  std::vector<std::uint32_t> ready;
  for (std::uint32_t at = 0; at < statuses.size() && ready.size() < count_max; ++at) {
    if (statuses[at] != StepStatus::waiting) continue;
    if (std::ranges::all_of(graph.steps[at].depends_on, is_completed)) ready.push_back(at);
  }
  return ready;
}

bool all_completed(std::span<const StepStatus> statuses) {
  return std::ranges::all_of(statuses,
                             [](StepStatus status) { return status == StepStatus::completed; });
}

bool any_running(std::span<const StepStatus> statuses) {
  return std::ranges::find(statuses, StepStatus::running) != statuses.end();
}

}  // namespace carillon
