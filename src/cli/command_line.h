// Words of the shell -> the verb they name, with its options filled in. The only user of CLI11.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_spec.h"

namespace carillon::cli {

enum class Wanted : std::uint8_t { run, help };

struct ParsedLine {
  std::vector<const CommandSpec*> path;  // From the root to the verb.
  Wanted wanted = Wanted::run;

  [[nodiscard]] const CommandSpec& command() const { return *path.back(); }
};

// Reads the words behind the program's name and writes the values into the targets of the specs.
// `help VERB…` and -h, --help anywhere ask for help; so does a group without a verb.
//
// Guarantees  with Wanted::run the command has a run function and all required values.
// Errors      usage  an unknown verb or option (the hint names the nearest), a missing, surplus or
//                    impossible value
CliResult<ParsedLine> parse_command_line(const CommandSpec& root, SharedValues& shared,
                                         std::span<const char* const> words);

}  // namespace carillon::cli
