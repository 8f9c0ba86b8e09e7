// The one binary: command line client, embedded server, and the sandbox helper that commands run
// behind.
#include <cstddef>
#include <span>
#include <string_view>

#include "cli/cli.h"
#include "executors/sandbox/sandbox_main.h"
#include "server/commands/config_commands.h"
#include "server/commands/offline_commands.h"
#include "server/commands/serve_command.h"

namespace {

void attach_server(carillon::cli::CliEnvironment& environment) {
  namespace server = carillon::server;
  carillon::cli::ServerCommands& verbs = environment.server;
  verbs.dev = [&](const auto& options) {
    return server::serve(environment, options, server::ServeMode::dev);
  };
  verbs.server = [&](const auto& options) {
    return server::serve(environment, options, server::ServeMode::server);
  };
  verbs.replay = [&](const auto& options) { return server::replay(environment, options); };
  verbs.backup = [&](const auto& options) { return server::backup(environment, options); };
  verbs.restore = [&](const auto& options) { return server::restore(environment, options); };
  verbs.journal_export = [&](const auto& options) {
    return server::export_journal(environment, options);
  };
  verbs.config_check = [&](const auto& options) {
    return server::check_config(environment, options);
  };
  verbs.config_print = [&](const auto& options) {
    return server::show_config(environment, options);
  };
  verbs.schema = [&](const auto& options) { return server::schema(environment, options); };
  verbs.explain_cron = [&](std::string_view body) {
    return server::explain_cron(environment, body);
  };
  verbs.doctor = [&](const auto& options) { return server::doctor(environment, options); };
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "__sandbox") {
    return carillon::sandbox_main(argc, argv);
  }
  carillon::cli::CliEnvironment environment = carillon::cli::process_environment();
  attach_server(environment);
  return carillon::cli::run({argv + 1, static_cast<std::size_t>(argc - 1)}, environment);
}
