// The machine's clocks and random source.
#pragma once

#include <span>

#include "ports/clock.h"
#include "ports/entropy.h"

namespace carillon {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant wall() const override;
  [[nodiscard]] std::int64_t monotonic_ns() const override;
};

// getrandom(2), buffered per thread.
class SystemEntropy final : public Entropy {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace carillon
