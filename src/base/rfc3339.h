// RFC 3339 text <-> Instant. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"

namespace carillon {

// `2026-11-24T20:30:05.123Z`, always with milliseconds and Z.
std::string to_rfc3339(Instant t);

// Appends the same to `out`, for writers that avoid the temporary.
void append_rfc3339(std::string& out, Instant t);

// Reads a date-time with `Z` or a numeric offset. A fraction finer than a millisecond is rounded
// up, so that nothing named by it can run early.
//
// Errors  invalid_value  not that form, no offset, or outside 1970..2199; the hint shows an example
Result<Instant> parse_rfc3339(std::string_view text);

}  // namespace carillon
