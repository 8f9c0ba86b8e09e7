#include "server/commands/configuration.h"

#include <utility>

#include <fmt/format.h>

#include "server/process.h"

namespace carillon::server {

void complain(const cli::CliEnvironment& environment, const Error& error) {
  environment.err(fmt::format("carillon: {}\n", error.message));
  if (!error.hint.empty()) environment.err(fmt::format("  hint: {}\n", error.hint));
}

std::optional<LoadedConfig> load_or_complain(const cli::CliEnvironment& environment,
                                             const cli::ConfigSource& source,
                                             std::vector<ConfigOverride> options) {
  ConfigSources sources{
      .variable = environment.variable,
      .read_secret = [](const std::string& path) { return read_text_file(path, kSecretBytesMax); },
      .data_dir_default = default_data_dir(environment.variable)};
  std::optional<std::string> name = source.config_file;
  if (!name) name = environment.variable("CARILLON_CONFIG");
  if (name) {
    auto text = read_text_file(*name, kSecretBytesMax);
    if (!text) {
      complain(environment, text.error());
      return std::nullopt;
    }
    sources.file = ConfigFile{.name = *name, .text = std::move(*text)};
  }
  for (const std::string& typed : source.overrides) {
    auto parsed = parse_override(typed);
    if (!parsed) {
      complain(environment, parsed.error());
      return std::nullopt;
    }
    sources.overrides.push_back(std::move(*parsed));
  }
  for (ConfigOverride& option : options) sources.overrides.push_back(std::move(option));
  auto loaded = load_config(sources);
  if (loaded) return std::move(*loaded);
  for (const Error& error : loaded.error()) complain(environment, error);
  return std::nullopt;
}

}  // namespace carillon::server
