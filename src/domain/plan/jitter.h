// Jitter: how long after its nominal instant a slot is due. A property of the slot, not of chance.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/instant.h"

namespace carillon {

// nominal + h mod min(jitter, next_nominal - nominal), with h = SipHash-2-4 under the zero key over
// the 16 bytes of the task id and the nominal in milliseconds as big-endian int64.
//
// Guarantees  the same on every machine and after every restart; slots never swap their order.
// Requires    next_nominal, where there is one, is later than nominal; jitter is not negative.
Instant due(std::span<const std::uint8_t, 16> task_id, Instant nominal, Duration jitter,
            std::optional<Instant> next_nominal);

}  // namespace carillon
