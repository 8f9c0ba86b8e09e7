// Completion scripts for shells, made from the command specs. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/command_spec.h"

namespace carillon::cli {

// The script for bash, zsh or fish; nullopt for another shell.
std::optional<std::string> completion_script(const CommandSpec& root, std::string_view shell);

}  // namespace carillon::cli
