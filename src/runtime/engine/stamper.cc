#include "runtime/engine/stamper.h"

namespace carillon {

std::optional<StepBack> Stamper::observe(ClockReading reading, OnStepBack on_step_back) {
  if (last_reading_) {
    const std::int64_t passed_ms = (reading.monotonic_ns - last_reading_->monotonic_ns) / 1'000'000;
    const Duration jump = reading.wall - (last_reading_->wall + Duration::milliseconds(passed_ms));
    if (jump > kJumpMin) {
      jump_marked_until_ns_ = reading.monotonic_ns + kJumpMarked.ms() * 1'000'000;
    }
    if (jump > kJumpMin || jump < Duration::milliseconds(-kJumpMin.ms())) jumps_ += 1;
  }
  last_reading_ = reading;

  if (reading.wall >= now_) {
    now_ = reading.wall;
    return std::nullopt;
  }
  if (now_ - reading.wall <= kHoldMax || on_step_back == OnStepBack::hold) return std::nullopt;
  const StepBack step{.from = now_, .to = reading.wall};
  now_ = reading.wall;
  return step;
}

bool Stamper::jumped_forward() const {
  return jump_marked_until_ns_ && last_reading_->monotonic_ns < *jump_marked_until_ns_;
}

}  // namespace carillon
