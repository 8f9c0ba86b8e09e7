// `carillon run logs`.
#pragma once

#include "cli/command_spec.h"

namespace carillon::cli {

CommandSpec run_logs_command();

}  // namespace carillon::cli
