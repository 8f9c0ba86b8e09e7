// The two clocks of a machine.
//
// Port: adapters/system and tests/sim implement it. Any thread. The wall clock may jump either way,
// stop or be wrong; the monotonic clock only goes forward, and not while the machine sleeps.
#pragma once

#include <cstdint>

#include "base/instant.h"

namespace carillon {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  // UTC as the machine believes it.
  [[nodiscard]] virtual Instant wall() const = 0;

  // Nanoseconds since some fixed moment of this process, for measuring spans.
  [[nodiscard]] virtual std::int64_t monotonic_ns() const = 0;
};

}  // namespace carillon
