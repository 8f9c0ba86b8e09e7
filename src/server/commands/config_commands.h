// `carillon config check` and `carillon config print`. Each returns the exit code.
#pragma once

#include "cli/environment.h"
#include "cli/server_commands.h"

namespace carillon::server {

int check_config(const cli::CliEnvironment& environment, const cli::ConfigCheckOptions& options);
int show_config(const cli::CliEnvironment& environment, const cli::ConfigPrintOptions& options);

}  // namespace carillon::server
