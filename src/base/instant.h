// Instant and Duration: UTC moments and spans in whole milliseconds. Values; arithmetic saturates.
//
// Range of what users may name: 1970-01-01T00:00:00.000Z to 2199-12-31T23:59:59.999Z. A local time
// is another type (domain/zone/local_time.h) and never compares with an instant.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace carillon {

class Duration {
 public:
  constexpr Duration() = default;
  [[nodiscard]] static constexpr Duration milliseconds(std::int64_t ms) { return Duration(ms); }
  [[nodiscard]] static constexpr Duration seconds(std::int64_t s) { return Duration(s * 1000); }
  [[nodiscard]] static constexpr Duration minutes(std::int64_t m) { return Duration(m * 60'000); }
  [[nodiscard]] static constexpr Duration hours(std::int64_t h) { return Duration(h * 3'600'000); }
  [[nodiscard]] static constexpr Duration days(std::int64_t d) { return Duration(d * 86'400'000); }

  [[nodiscard]] constexpr std::int64_t ms() const { return ms_; }

  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) {
    return Duration(add(a.ms_, b.ms_));
  }
  friend constexpr Duration operator-(Duration a, Duration b) {
    return Duration(sub(a.ms_, b.ms_));
  }

  // a + b and a - b, held at the ends of int64 instead of wrapping.
  [[nodiscard]] static constexpr std::int64_t add(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(a, b, &sum)) return sum;
    return a < 0 ? std::numeric_limits<std::int64_t>::min()
                 : std::numeric_limits<std::int64_t>::max();
  }
  [[nodiscard]] static constexpr std::int64_t sub(std::int64_t a, std::int64_t b) {
    std::int64_t difference = 0;
    if (!__builtin_sub_overflow(a, b, &difference)) return difference;
    return a < 0 ? std::numeric_limits<std::int64_t>::min()
                 : std::numeric_limits<std::int64_t>::max();
  }

 private:
  explicit constexpr Duration(std::int64_t ms) : ms_(ms) {}
  std::int64_t ms_ = 0;
};

class Instant {
 public:
  constexpr Instant() = default;
  [[nodiscard]] static constexpr Instant from_unix_ms(std::int64_t ms) { return Instant(ms); }
  [[nodiscard]] constexpr std::int64_t unix_ms() const { return ms_; }

  friend constexpr auto operator<=>(Instant, Instant) = default;
  friend constexpr Instant operator+(Instant t, Duration d) {
    return Instant(Duration::add(t.ms_, d.ms()));
  }
  friend constexpr Instant operator-(Instant t, Duration d) {
    return Instant(Duration::sub(t.ms_, d.ms()));
  }
  friend constexpr Duration operator-(Instant a, Instant b) {
    return Duration::milliseconds(Duration::sub(a.ms_, b.ms_));
  }

 private:
  explicit constexpr Instant(std::int64_t ms) : ms_(ms) {}
  std::int64_t ms_ = 0;
};

// 2199-12-31T23:59:59.999Z: no slot lies after it.
inline constexpr Instant kInstantMax = Instant::from_unix_ms(7'258'118'399'999);

}  // namespace carillon
