#include "server/commands/config_commands.h"

#include "server/commands/configuration.h"
#include "server/config/print_config.h"

namespace carillon::server {

int check_config(const cli::CliEnvironment& environment, const cli::ConfigCheckOptions& options) {
  if (!load_or_complain(environment, options.config)) return 2;
  environment.out("The configuration is valid.\n");
  return 0;
}

int show_config(const cli::CliEnvironment& environment, const cli::ConfigPrintOptions& options) {
  const auto loaded = load_or_complain(environment, options.config);
  if (!loaded) return 2;
  const bool origin = options.origin == cli::Switch::on;
  environment.out(print_config(*loaded, origin ? WithOrigin::yes : WithOrigin::no));
  return 0;
}

}  // namespace carillon::server
