// `carillon dev` and `carillon server`: runs until a signal says stop.
#pragma once

#include "cli/environment.h"
#include "cli/server_commands.h"

namespace carillon::server {

enum class ServeMode : std::uint8_t { dev, server };

// Returns the exit code: 0 after an orderly stop, 1 when it could not start.
int serve(const cli::CliEnvironment& environment, const cli::ServeOptions& options, ServeMode mode);

}  // namespace carillon::server
