// Which steps may start, and whether a workflow is through. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "domain/workflow/step_status.h"
#include "workflow/step_graph.h"

namespace carillon {

// The first `count_max` waiting steps all of whose dependencies have completed, in the order of the
// specification.
//
// Requires  one status per step
std::vector<std::uint32_t> ready_steps(const StepGraph& graph, std::span<const StepStatus> statuses,
                                       std::size_t count_max);

bool all_completed(std::span<const StepStatus> statuses);
bool any_running(std::span<const StepStatus> statuses);

}  // namespace carillon
