// Neighbouring facts of one task as one value of a row. Values; adapter internals.
//
// A row per fact cost more in keys and indexes than in content. Layout, all varints of
// base/wire.h: per fact, versions ascending, the differences of version, position (zigzag) and time
// in milliseconds (zigzag) to the fact before, the first to zero, and the type.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/wire.h"
#include "ports/task_repository.h"

namespace carillon {

// Facts in one row, so that reading a page decodes little that it does not need.
inline constexpr std::size_t kChunkEvents = 64;

// Requires  versions ascend
Bytes pack_events(std::span<const TaskEventRef> events);

// Errors  corrupt
Result<std::vector<TaskEventRef>> unpack_events(std::string_view bytes);

}  // namespace carillon
