// load_config: one checked ServerConfig from flags, environment, a file and the defaults, each
// value with its origin. Pure: what it reads of the process, the caller hands in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/config/config_key.h"
#include "server/config/server_config.h"

namespace carillon::server {

// The strongest last.
enum class OriginKind : std::uint8_t { preset, file, environment, flag };

struct Origin {
  OriginKind kind = OriginKind::preset;
  std::string place = "default";  // application.yml:12, CARILLON_LISTEN, --listen.

  friend bool operator==(const Origin&, const Origin&) = default;
};

struct ConfigFile {
  std::string name;  // As messages show it.
  std::string text;
};

// `--set key=value`, or an option that stands for a key.
struct ConfigOverride {
  std::string key;  // A full path, or one of ours without `carillon.`.
  std::string value;
  std::string flag = "--set";  // As the user typed it.
};

using VariableLookup = std::function<std::optional<std::string>(std::string_view name)>;
using SecretReader = std::function<Result<std::string>(const std::string& path)>;

struct ConfigSources {
  std::optional<ConfigFile> file;
  VariableLookup variable;                // Of the environment; may be empty.
  std::vector<ConfigOverride> overrides;  // The last of a key wins.
  SecretReader read_secret;               // Content of a `*-file`; may be empty: not read.
  std::string data_dir_default;           // Where nothing sets carillon.data-dir.
};

struct LoadedConfig {
  ServerConfig config;
  std::vector<Origin> origins;  // In the order of config_keys().
};

// Everything that is wrong, the file's faults first and in its order. Never empty.
using ConfigFaults = std::vector<Error>;

inline constexpr std::size_t kConfigFaultsMax = 50;
inline constexpr std::size_t kSecretBytesMax = 64 * 1024;

// Reads the sources, the strongest winning, and checks values one by one and against each other.
//
// Guarantees  all faults are reported at once, at most one per line of the file and
//             kConfigFaultsMax in all; each message begins with its place and names no secret
// Errors      malformed_request  the file is not strict YAML
//             unknown_field      a key is not known; the hint has the nearest
//             invalid_value      a value is not what its key expects, or contradicts another
//             not_yet            a value that a later version will take
//             any of read_secret's, for a `*-file` that cannot be read
std::expected<LoadedConfig, ConfigFaults> load_config(const ConfigSources& sources);

// Reads `key=value` as typed behind --set. The value may be empty and may hold further '='.
//
// Errors  invalid_value  there is no '=', or nothing before it
Result<ConfigOverride> parse_override(std::string_view typed);

// $XDG_DATA_HOME/carillon, else $HOME/.local/share/carillon, else ./carillon-data.
std::string default_data_dir(const VariableLookup& variable);

// The running configuration with the values that may change on HUP taken from the fresh one, with
// their secrets and origins.
LoadedConfig reloaded(const LoadedConfig& running, const LoadedConfig& fresh);

// The keys whose values or secrets differ.
std::vector<const ConfigKey*> changed_keys(const LoadedConfig& before, const LoadedConfig& after);

}  // namespace carillon::server
