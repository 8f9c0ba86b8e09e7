// Two clocks that stand still until told to move. One thread.
#pragma once

#include <cstdint>

#include "ports/clock.h"

namespace carillon {

class SimClock final : public Clock {
 public:
  explicit SimClock(Instant wall) : wall_(wall) {}

  [[nodiscard]] Instant wall() const override { return wall_; }
  [[nodiscard]] std::int64_t monotonic_ns() const override { return monotonic_ns_; }

  // Time passes on both clocks.
  void pass(Duration span) {
    wall_ = wall_ + span;
    monotonic_ns_ += span.ms() * 1'000'000;
  }

  // Somebody sets the wall clock; no time passes.
  void set_wall(Instant wall) { wall_ = wall; }

 private:
  Instant wall_;
  std::int64_t monotonic_ns_ = 1;
};

}  // namespace carillon
