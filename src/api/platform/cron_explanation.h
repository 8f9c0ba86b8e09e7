// What a cron expression means and when it fires: the answer of POST /cron/explain, which the
// command line also gives without a server. Pure.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "domain/zone/zone_source.h"
#include "runtime/gateway.h"

namespace carillon::api {

// Reads the request body and returns the body of the answer.
//
// Errors  malformed_json, unknown_field, invalid_value, missing_field, unknown_time_zone, the cron
//         codes; each fault has its pointer
std::expected<std::string, Problem> explain_cron(std::string_view json, const ZoneSource& zones,
                                                 Instant now);

}  // namespace carillon::api
