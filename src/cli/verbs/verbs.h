// The verbs of the command line, each built as a CommandSpec that owns its options.
#pragma once

#include "cli/command_spec.h"
#include "cli/server_commands.h"

namespace carillon::cli {

CommandSpec task_commands();
CommandSpec run_commands();
CommandSpec cron_commands();
CommandSpec event_commands();
CommandSpec demo_command();
CommandSpec healthcheck_command();
CommandSpec version_command();

// The verbs behind the hooks. Requires hooks to outlive the specs.
std::vector<CommandSpec> server_command_specs(const ServerCommands& hooks);

}  // namespace carillon::cli
