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

  // Time passes, on both clocks unless the wall clock is frozen.
  void pass(Duration span) {
    if (!is_frozen_) wall_ = wall_ + span;
    monotonic_ns_ += span.ms() * 1'000'000;
  }

  // Somebody sets the wall clock; no time passes.
  void set_wall(Instant wall) { wall_ = wall; }

  // The wall clock stands still, as it does while a machine's time is being corrected.
  void freeze() { is_frozen_ = true; }
  void thaw() { is_frozen_ = false; }
  [[nodiscard]] bool is_frozen() const { return is_frozen_; }

  // Time that has passed since the clock was made.
  [[nodiscard]] Duration passed() const {
    return Duration::milliseconds((monotonic_ns_ - 1) / 1'000'000);
  }

 private:
  Instant wall_;
  std::int64_t monotonic_ns_ = 1;
  bool is_frozen_ = false;
};

}  // namespace carillon
