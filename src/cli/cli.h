// The command line of carillon: one call per process. Talks REST; knows no other room.
#pragma once

#include <span>

#include "cli/environment.h"

namespace carillon::cli {

// Runs the command that the words behind the program's name ask for and returns the exit code of
// the process. Results go to environment.out, everything else to environment.err.
//
//   auto environment = carillon::cli::process_environment();
//   environment.server.dev = [](const ServeOptions& options) { … };
//   return carillon::cli::run({argv + 1, argc - 1}, environment);
int run(std::span<const char* const> words, CliEnvironment& environment);

}  // namespace carillon::cli
