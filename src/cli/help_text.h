// Help of a command for the terminal, and the reference page of all of them. Pure functions.
#pragma once

#include <span>
#include <string>

#include "cli/command_spec.h"

namespace carillon::cli {

// Summary, examples, usage, verbs, options; every line at most 100 columns.
//
// Requires  path leads from the root to the command and is not empty.
std::string help_text(std::span<const CommandSpec* const> path);

// docs/reference/cli.md: every command with its examples and options, as Markdown.
std::string reference_page(const CommandSpec& root);

}  // namespace carillon::cli
