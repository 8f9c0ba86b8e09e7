// Durations as text: ISO 8601 (`PT1H30M`) for the API, and the short form (`90s`, `1h30m`) for
// people at a command line. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"

namespace carillon {

// Reads `PnDTnHnMnS`; a day is 24 hours; only seconds may have a fraction, rounded up to
// milliseconds.
//
// Errors  invalid_value  not that form, years, months or weeks (the hint says what to write), or
//                        more than 100,000 days
Result<Duration> parse_iso_duration(std::string_view text);

// Reads `500ms`, `5s`, `10m`, `2h`, `1d`, `1w` and their sums, largest unit first: `1h30m`. Only
// seconds at the end may have a fraction, rounded up to milliseconds: `1.5s`.
//
// Errors  invalid_value  not that form, or more than 100,000 days
Result<Duration> parse_short_duration(std::string_view text);

// The shortest ISO 8601 form with days as largest unit: `P1DT30M`, `PT0S`. Requires d >= 0.
std::string to_iso_text(Duration d);

}  // namespace carillon
