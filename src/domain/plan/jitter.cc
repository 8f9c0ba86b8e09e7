#include "domain/plan/jitter.h"

#include <algorithm>
#include <string>

#include "base/hash.h"

namespace carillon {

Instant due(std::span<const std::uint8_t, 16> task_id, Instant nominal, Duration jitter,
            std::optional<Instant> next_nominal) {
  Duration bound = jitter;
  if (next_nominal) bound = std::min(bound, *next_nominal - nominal);
  if (bound <= Duration{}) return nominal;
  std::string key(task_id.begin(), task_id.end());
  const auto ms = static_cast<std::uint64_t>(nominal.unix_ms());
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(ms >> shift & 0xff));
  const std::uint64_t offset = siphash_2_4(key) % static_cast<std::uint64_t>(bound.ms());
  return nominal + Duration::milliseconds(static_cast<std::int64_t>(offset));
}

}  // namespace carillon
