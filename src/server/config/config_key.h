// ConfigKey: one key of the configuration as a row. Reading of files, environment and flags,
// printing, the reference page and suggestions are all driven by the rows, so they cannot disagree.
//
// Pure. A default is not in the row: it is the initialiser in server_config.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/config/server_config.h"

namespace carillon::server {

// How the text of a value is read and printed.
enum class ValueKind : std::uint8_t {
  text,          // Anything without control characters.
  name,          // Letters, digits, '.', '_' and '-': topics and keyspaces.
  path,          // Of a file or directory.
  address,       // host:port, where to listen.
  url,           // Without credentials in it.
  texts,         // A list of texts.
  paths,         // A list of absolute paths.
  toggle,        // true or false.
  count,         // A whole number.
  size,          // Bytes: 64MiB.
  duration,      // 30s.
  milliseconds,  // A duration that the specification writes as a number.
  word,          // One of a few.
  words,         // A list of them.
};

template <class... T>
struct PointerTo {
  using Mutable = std::variant<T*...>;
  using Const = std::variant<const T*...>;
};
// Every type that a key may set.
using ConfigMember = PointerTo<std::string, std::vector<std::string>, bool, std::uint64_t, Duration,
                               EngineKind, std::vector<Role>, LogLevel, LogFormat>;

// Finds the member of a ServerConfig that a key sets.
struct MemberAccess {
  ConfigMember::Mutable (*mutable_member)(ServerConfig&);
  ConfigMember::Const (*const_member)(const ServerConfig&);

  [[nodiscard]] ConfigMember::Mutable of(ServerConfig& config) const {
    return mutable_member(config);
  }
  [[nodiscard]] ConfigMember::Const of(const ServerConfig& config) const {
    return const_member(config);
  }
};

// Of a number itself, of a duration in milliseconds, of a text or list in characters or items.
struct Bounds {
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
};

// Whether a running server takes a new value when it gets HUP.
enum class Reload : std::uint8_t { restart, on_hup };

struct ConfigKey {
  std::string_view path;  // carillon.retention.runs
  ValueKind kind;
  MemberAccess member;
  Bounds bounds;
  Reload reload;
  std::string_view summary;                        // One sentence.
  SecretText& (*secret)(ServerConfig&) = nullptr;  // Where the content of the file goes.
};

inline constexpr std::size_t kListItemsMax = 256;
inline constexpr std::size_t kTextBytesMax = 4096;

// All rows, in the order in which they are printed; keys of one group stand together.
std::span<const ConfigKey> config_keys();

// The row of a full path; null if there is none.
const ConfigKey* find_key(std::string_view path);

// True when some key lies below the path: `carillon.retention`.
bool is_key_group(std::string_view path);

// The full path of what someone typed where no file stands around it: our own keys may leave out
// their first part, so `retention.runs` is carillon.retention.runs.
std::string full_path(std::string_view typed);

// CARILLON_RETENTION_RUNS: the path in capitals, with '_' for '.' and '-'.
std::string environment_name(const ConfigKey& key);

// What to do about a path that is no key and no group: the nearest key, or what stands in its place
// here if it is one of Spring's, or the names that the group has. Never empty.
std::string unknown_key_hint(std::string_view path);

// `Known below carillon.http: threads.`; the empty group is the whole file.
std::string names_below(std::string_view group);

}  // namespace carillon::server
