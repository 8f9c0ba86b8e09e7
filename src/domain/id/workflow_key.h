// The key of a workflow run's machine: the run's task id and number as 20 bytes. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "domain/id/ids.h"
#include "domain/record/envelope.h"

namespace carillon {

// 16 bytes of task id, then the run number as big-endian 32 bits.
Key workflow_key(const RunId& run);

// The run of a key; nullopt for other lengths.
std::optional<RunId> run_of_workflow_key(std::string_view key);

}  // namespace carillon
