// Times as people type and read them, and the forms the API wants. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"
#include "cli/failure.h"

namespace carillon::cli {

// Reads `5s`, `10m`, `2h`, `1d`, `1w`, `500ms`, sums of them (`1h30m`) and ISO 8601 (`PT5S`,
// `P1DT2H`). A day is 24 hours.
//
// Errors  usage  another form, months or years, or more than 3650 days; the hint shows examples
CliResult<Duration> parse_duration(std::string_view text);

// ISO 8601 in its largest exact units: PT5S, PT1H30M, P1D, PT0.5S. Requires a span >= 0.
std::string iso_duration(Duration span);

// Reads an RFC 3339 date-time, a date (midnight UTC), `now`, or `+10m`, which counts from now.
CliResult<Instant> parse_when(std::string_view text, Instant now);

// The span in its two largest units: 1d 2h, 5s, 120ms.
std::string short_span(Duration span);

// `in 4m`, `5s ago`, `now`.
std::string relative_text(Instant then, Instant now);

// `2026-11-24 20:30:05Z (in 4m)`. Text that is no date-time is returned as it is.
std::string readable_time(std::string_view rfc3339, Instant now);

}  // namespace carillon::cli
