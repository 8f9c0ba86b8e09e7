// Moments as people type them in filters: `-24h`, `+1h30m`, `now`, `2026-01-31`, RFC 3339. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/instant.h"

namespace carillon {

// The instant named by `text`, relative ones counted from `now` and held within what instants may
// be (1970 to 2199). A date alone is its first moment in UTC. None for any other text.
std::optional<Instant> parse_moment(std::string_view text, Instant now);

}  // namespace carillon
