// The choices a schedule makes: cron dialect and behaviour around daylight saving. Values.
#pragma once

#include <cstdint>

namespace carillon {

enum class CronDialect : std::uint8_t {
  auto_detect,  // By the number of fields; resolved before anything is stored.
  spring,       // Seconds first, both day fields must match, 1 = MON.
  unix_cron,    // Five fields, the star rule for the day fields.
  quartz,       // One day field is `?`, 1 = SUN, optional year.
};

// A matching local time inside a gap (clocks go forward).
enum class DstGap : std::uint8_t { skip, shift, run_after, vixie };

// A matching local time inside a fold (clocks go back).
enum class DstOverlap : std::uint8_t { both, first, second, vixie };

}  // namespace carillon
