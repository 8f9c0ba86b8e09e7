// Turns readings of two clocks into the timestamps of records. Pure rule, one thread.
//
// Stamps never go back, except by a step that every waiting key is told about; nothing is due
// before the wall clock says so. The numbers are those of the page on time
// (docs/internals/time.md).
#pragma once

#include <cstdint>
#include <optional>

#include "base/instant.h"

namespace carillon {

// Both clocks, read together.
struct ClockReading {
  Instant wall;
  std::int64_t monotonic_ns = 0;
};

// The wall clock was set back by more than kHoldMax.
struct StepBack {
  Instant from;
  Instant to;
};

// What a step back by more than kHoldMax does: stamps follow it, or hold still until the caller has
// told all keys about the one before.
enum class OnStepBack : std::uint8_t { follow, hold };

class Stamper {
 public:
  // A clock set back by at most this holds the stamps still; it is not a step.
  static constexpr Duration kHoldMax = Duration::seconds(60);
  // A jump of the wall clock against the monotonic one by more than this is a step.
  static constexpr Duration kJumpMin = Duration::seconds(1);
  // How long wake-ups say that the clock has jumped forward.
  static constexpr Duration kJumpMarked = Duration::seconds(30);

  // Continues after the latest stamp ever given; the epoch when there is none.
  explicit Stamper(Instant last) : now_(last) {}

  // Takes in a reading. Returns the step when stamps have just gone back.
  //
  // Requires  readings in the order in which they were taken
  std::optional<StepBack> observe(ClockReading reading, OnStepBack on_step_back);

  // The stamp of every record until the next reading.
  [[nodiscard]] Instant now() const { return now_; }

  // What is due at or before this may be fired: the wall clock itself, never a stamp ahead of it.
  [[nodiscard]] Instant due_until() const {
    return last_reading_ ? last_reading_->wall : Instant{};
  }

  // True within 30 s after the wall clock jumped forward, or the machine was suspended.
  [[nodiscard]] bool jumped_forward() const;

  // Jumps seen so far, in either direction, for the metric.
  [[nodiscard]] std::uint64_t jumps() const { return jumps_; }

 private:
  Instant now_;
  std::optional<ClockReading> last_reading_;
  std::optional<std::int64_t> jump_marked_until_ns_;
  std::uint64_t jumps_ = 0;
};

}  // namespace carillon
