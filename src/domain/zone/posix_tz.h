// PosixTz: the rule at the end of a compiled zone, such as `CET-1CEST,M3.5.0,M10.5.0/3`. Value,
// pure.
//
// It says how the offsets go on after the last transition that the file lists (POSIX TZ with the
// extensions of RFC 8536: hours from -167 to 167).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace carillon {

// A moment of every year, in the local time in force just before it.
struct YearlyMoment {
  enum class Kind : std::uint8_t {
    julian_without_leap_day,  // Jn: 1..365, February 29 is never counted.
    day_of_year,              // n: 0..365, February 29 is counted.
    weekday_of_month,         // Mm.w.d: the w-th weekday d of month m; w = 5 means the last.
  };
  Kind kind = Kind::weekday_of_month;
  int month = 1;
  int week = 1;
  int day = 0;
  std::int64_t second = 7'200;  // After midnight; may be negative or beyond the day.

  // Seconds since 1970-01-01T00:00 local time.
  [[nodiscard]] std::int64_t local_second(int year) const;
};

struct PosixTz {
  struct Dst {
    std::int64_t offset = 0;  // Local minus UTC, in seconds.
    YearlyMoment begins;
    YearlyMoment ends;
  };
  std::int64_t standard_offset = 0;  // Local minus UTC, in seconds.
  std::optional<Dst> dst;

  // Errors  corrupt  not such a rule
  static Result<PosixTz> parse(std::string_view text);
};

}  // namespace carillon
