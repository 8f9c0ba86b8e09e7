// All commands of carillon, in the order of the help.
#pragma once

#include "cli/command_spec.h"
#include "cli/server_commands.h"

namespace carillon::cli {

// Requires  hooks outlive the tree.
CommandSpec command_tree(const ServerCommands& hooks);

}  // namespace carillon::cli
