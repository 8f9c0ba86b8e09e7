// `carillon backup --online`: asks a running server for a backup of itself.
#pragma once

#include "cli/environment.h"
#include "cli/server_commands.h"

namespace carillon::server {

// The folder is one of the server's machine. Returns the exit code.
int ask_for_backup(const cli::CliEnvironment& environment, const cli::BackupOptions& options);

}  // namespace carillon::server
