// What must hold between the values of a configuration, beyond what each key allows. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "server/config/server_config.h"

namespace carillon::server {

struct BrokenRule {
  std::string_view path;  // The key to change.
  Error error;
};

// Every rule that the configuration breaks.
std::vector<BrokenRule> broken_rules(const ServerConfig& config);

}  // namespace carillon::server
