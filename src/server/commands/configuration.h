// The configuration of a verb: file, environment and options together, with faults printed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/environment.h"
#include "cli/server_commands.h"
#include "server/config/load_config.h"

namespace carillon::server {

// Loads; on faults prints each on standard error and returns nothing.
std::optional<LoadedConfig> load_or_complain(const cli::CliEnvironment& environment,
                                             const cli::ConfigSource& source,
                                             std::vector<ConfigOverride> options = {});

// One line with the message, one with the hint.
void complain(const cli::CliEnvironment& environment, const Error& error);

}  // namespace carillon::server
