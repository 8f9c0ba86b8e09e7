#include "cli/command_tree.h"

#include <array>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "cli/completion.h"
#include "cli/session.h"
#include "cli/verbs/verbs.h"

namespace carillon::cli {
namespace {

constexpr std::array<std::string_view, 3> kShells{"bash", "zsh", "fish"};
constexpr std::array<std::string_view, 6> kFormats{"table", "tsv", "json", "jsonl", "yaml", "name"};
constexpr std::array<std::string_view, 3> kColours{"auto", "always", "never"};

CommandSpec completion_command(const ServerCommands& hooks) {
  auto shell = std::make_shared<std::string>();
  return {.name = "completion",
          .summary = "Print a script that completes commands and options in your shell.",
          .examples =
              "eval \"$(carillon completion bash)\"\n"
              "eval \"$(carillon completion zsh)\"\n"
              "carillon completion fish | source",
          .options = {{"SHELL", "", "The shell.", shell.get(), kShells}},
          .run = [shell, &hooks](Session& session) -> CliResult<ExitCode> {
            session.print(completion_script(command_tree(hooks), *shell).value_or(""));
            return ExitCode::ok;
          }};
}

}  // namespace

std::vector<OptionSpec> shared_option_specs(SharedValues& values) {
  return {
      {"--server", "URL", "The server; else CARILLON_SERVER, the profile, http://127.0.0.1:8080.",
       &values.server},
      {"--token", "TOKEN", "Credentials; better in CARILLON_TOKEN, which no process list shows.",
       &values.token},
      {"--profile", "NAME", "A profile of ~/.config/carillon/config.json; else CARILLON_PROFILE.",
       &values.profile},
      {"-o,--output", "FORMAT", "How to print; table on a terminal, tsv elsewhere.", &values.output,
       kFormats},
      {"--color", "WHEN", "Whether to use colour; NO_COLOR is respected.", &values.colour,
       kColours},
  };
}

CommandSpec command_tree(const ServerCommands& hooks) {
  CommandSpec root{
      .name = "carillon",
      .summary = "carillon runs tasks at the right moments and says what became of each.",
      .examples =
          "carillon dev\n"
          "carillon task create hello --type noop --every 10s\n"
          "carillon run watch\n"
          "carillon cron explain '0 */5 * * * *'",
      .shared = SharedOptions::rest,
      .commands = {task_commands(), run_commands(), cron_commands(), event_commands(),
                   demo_command()}};
  for (CommandSpec& command : server_command_specs(hooks)) {
    root.commands.push_back(std::move(command));
  }
  root.commands.push_back(healthcheck_command());
  root.commands.push_back(completion_command(hooks));
  root.commands.push_back(version_command());
  return root;
}

}  // namespace carillon::cli
