// How long the stepping thread sleeps when it has nothing to do. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/instant.h"

namespace carillon {

// How long the wall clock may go unread: somebody may have set it.
inline constexpr std::int64_t kNapMaxNs = 1'000'000'000;

// Nanoseconds until the earliest wake-up, which may be none, at most kNapMaxNs.
//
// `stepped_at` is the wall clock of the last step, `now` the present one. A wake-up that was due at
// that step and was left waits for room in the batch or for a clock that was set back, and somebody
// rings; one that has come due since is worth a step at once.
constexpr std::int64_t nap_ns(std::optional<Instant> due, Instant stepped_at, Instant now) {
  if (!due || *due <= stepped_at) return kNapMaxNs;
  const std::int64_t ms = std::max<std::int64_t>((*due - now).ms(), 0);
  return ms >= kNapMaxNs / 1'000'000 ? kNapMaxNs : ms * 1'000'000;
}

}  // namespace carillon
