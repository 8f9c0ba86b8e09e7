// The machine's own clocks. Adapter; any thread.
#pragma once

#include "ports/clock.h"

namespace carillon {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant wall() const override;
  [[nodiscard]] std::int64_t monotonic_ns() const override;
};

}  // namespace carillon
