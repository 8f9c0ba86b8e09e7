// Who may use the server, from its configuration. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "api/access_guard.h"
#include "base/result.h"
#include "server/config/server_config.h"

namespace carillon::server {

// The tokens file holds one token per line: `name role secret`, role admin or read; # begins a
// comment.
//
// Errors  invalid_value  a line that cannot be read, or an address that others can reach without
//                        tokens and without insecure-no-auth
Result<api::AccessOptions> access_options(const ServerConfig& config,
                                          const std::array<std::uint8_t, 32>& hash_key);

// For the banner.
std::string describe_access(const api::AccessOptions& access, const ServerConfig& config);

}  // namespace carillon::server
