#include "adapters/system/system_clock.h"

#include <ctime>

namespace carillon {

namespace {

timespec read_clock(clockid_t id) {
  timespec time{};
  ::clock_gettime(id, &time);  // Fails only for clocks that do not exist.
  return time;
}

}  // namespace

Instant SystemClock::wall() const {
  const timespec time = read_clock(CLOCK_REALTIME);
  return Instant::from_unix_ms(std::int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000);
}

std::int64_t SystemClock::monotonic_ns() const {
  const timespec time = read_clock(CLOCK_MONOTONIC);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace carillon
