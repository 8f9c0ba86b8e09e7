// CommandSpec: a verb of the command line as data. Parser, help, reference page and shell
// completion are all made from it, so they cannot disagree. Value.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/failure.h"

namespace carillon::cli {

class Session;

enum class Switch : std::uint8_t { off, on };

// Where the value of an option goes. A positional bound to string or vector must be given; one
// bound to an optional may be left out. Integers are checked by the parser.
using OptionTarget = std::variant<std::string*, std::optional<std::string>*,
                                  std::vector<std::string>*, std::optional<std::int64_t>*, Switch*>;

struct OptionSpec {
  std::string_view names;  // "-n,--count", or "EXPR" for a positional.
  std::string_view value;  // The word for the value in help: "DURATION"; empty for a switch.
  std::string_view help;
  OptionTarget target;
  std::span<const std::string_view> choices = {};  // The only values allowed; empty for any.

  [[nodiscard]] bool is_positional() const { return !names.starts_with('-'); }
  [[nodiscard]] bool is_required() const {
    return is_positional() && !std::holds_alternative<std::optional<std::string>*>(target);
  }
};

// Which options of the whole command line a verb takes beside its own.
enum class SharedOptions : std::uint8_t { none, rest };

struct CommandSpec {
  std::string_view name;
  std::string_view summary;   // One sentence.
  std::string_view details;   // More sentences; may be empty.
  std::string_view examples;  // One command per line, each runnable as it stands.
  SharedOptions shared = SharedOptions::none;
  std::vector<OptionSpec> options;    // The targets live as long as run, which owns them.
  std::vector<CommandSpec> commands;  // Verbs below this one; a group has these and no run.
  std::function<CliResult<ExitCode>(Session&)> run;
};

// The options that every REST verb takes, after as well as before the verb.
struct SharedValues {
  std::optional<std::string> server;
  std::optional<std::string> token;
  std::optional<std::string> profile;
  std::optional<std::string> output;
  std::optional<std::string> colour;
};

std::vector<OptionSpec> shared_option_specs(SharedValues& values);

}  // namespace carillon::cli
