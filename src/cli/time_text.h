// Times as people type and read them, and the forms the API wants. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"
#include "cli/failure.h"

namespace carillon::cli {

// Reads the short form (`5s`, `1h30m`) or, behind a P, ISO 8601 (`PT5S`, `P1DT2H`).
//
// Errors  usage  what base/duration_text.h refuses, in its words
CliResult<Duration> parse_duration(std::string_view text);

// Reads an RFC 3339 date-time, a date (midnight UTC), `now`, or `+10m`, which counts from now.
CliResult<Instant> parse_when(std::string_view text, Instant now);

// The span in its two largest units: 1d 2h, 5s, 120ms.
std::string short_span(Duration span);

// `in 4m`, `5s ago`, `now`.
std::string relative_text(Instant then, Instant now);

// `2026-11-24 20:30:05Z (in 4m)`. Text that is no date-time is returned as it is.
std::string readable_time(std::string_view rfc3339, Instant now);

}  // namespace carillon::cli
