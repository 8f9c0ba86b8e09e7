#include "server/config/load_config.h"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"
#include "server/config/config_rules.h"
#include "server/config/value_text.h"
#include "server/config/yaml_document.h"

namespace carillon::server {
namespace {

std::size_t index_of(const ConfigKey& key) {
  return static_cast<std::size_t>(&key - config_keys().data());
}

// A path or name as a message may show it.
std::string shown(std::string_view text) {
  constexpr std::size_t kShownMax = 120;
  return escape_control(text.substr(0, kShownMax));
}

// The configuration as it grows from the weakest source to the strongest.
class Loading {
 public:
  explicit Loading(const ConfigSources& sources) : sources_(sources) {
    loaded_.origins.resize(config_keys().size());
    loaded_.config.data_dir = sources.data_dir_default;
  }

  void read_file();
  void read_environment();
  void read_overrides();
  void read_secrets();
  void check_rules();

  std::expected<LoadedConfig, ConfigFaults> finish() {
    if (faults_.empty()) return std::move(loaded_);
    return std::unexpected(std::move(faults_));
  }

 private:
  void read_group(const YamlNode& group, const std::string& prefix);
  void read_member(const YamlMember& member, const std::string& path);
  void read_key(const ConfigKey& key, const YamlMember& member);
  std::optional<GivenValue> given_list(const ConfigKey& key, const YamlNode& list);
  void read_typed(const ConfigKey& key, const std::string& text, Origin origin);

  void fault_in_file(std::size_t line, Error error) {
    file_faults_.try_emplace(line, std::move(error));
  }
  void fault_in_file(std::size_t line, ErrorCode code, std::string message, std::string hint) {
    fault_in_file(line, fail(code, std::move(message), std::move(hint)).error());
  }
  void add_fault(const std::string& place, Error error) {
    if (faults_.size() == kConfigFaultsMax) return;
    error.message = fmt::format("{}: {}", place, error.message);
    faults_.push_back(std::move(error));
  }

  [[nodiscard]] std::string place_of(std::size_t line) const {
    return fmt::format("{}:{}", shown(sources_.file->name), line);
  }

  const ConfigSources& sources_;
  LoadedConfig loaded_;
  // By line, which reports its first fault: those of values follow from those of their text.
  std::map<std::size_t, Error> file_faults_;
  ConfigFaults faults_;
};

void Loading::read_file() {
  if (!sources_.file) return;
  YamlDocument document = read_yaml(sources_.file->text);
  for (YamlFault& fault : document.faults) {
    fault_in_file(fault.line, ErrorCode::malformed_request, std::move(fault.message),
                  std::move(fault.hint));
  }
  const YamlNode& root = document.root;
  if (root.shape == YamlShape::group) {
    read_group(root, {});
  } else if (root.shape != YamlShape::nothing) {
    fault_in_file(root.line, ErrorCode::invalid_value, "The file is not a group of keys.",
                  "Write `carillon:` and its keys below it.");
  }
  for (auto& [line, error] : file_faults_) add_fault(place_of(line), std::move(error));
}

void Loading::read_group(const YamlNode& group, const std::string& prefix) {
  for (const YamlMember& member : group.members) {
    if (file_faults_.size() >= kConfigFaultsMax) return;
    read_member(member, prefix.empty() ? member.key : fmt::format("{}.{}", prefix, member.key));
  }
}

void Loading::read_member(const YamlMember& member, const std::string& path) {
  if (const ConfigKey* key = find_key(path)) return read_key(*key, member);
  if (!is_key_group(path)) {
    return fault_in_file(member.line, ErrorCode::unknown_field,
                         fmt::format("{} is not a known key.", shown(path)),
                         unknown_key_hint(path));
  }
  if (member.value.shape == YamlShape::group) return read_group(member.value, path);
  if (member.value.shape == YamlShape::nothing) return;  // All keys below are commented out.
  fault_in_file(member.line, ErrorCode::invalid_value,
                fmt::format("{} is a group of keys, not a value.", path),
                fmt::format("Write the keys below `{}:`, indented.", member.key));
}

void Loading::read_key(const ConfigKey& key, const YamlMember& member) {
  const YamlNode& node = member.value;
  Origin& origin = loaded_.origins[index_of(key)];
  if (origin.kind == OriginKind::file) {  // Once as `a.b:` and once as `b:` below `a:`.
    return fault_in_file(member.line, ErrorCode::invalid_value,
                         fmt::format("{} is already given in {}.", key.path, origin.place),
                         "Keep one of the two.");
  }
  std::optional<GivenValue> given;
  switch (node.shape) {
    case YamlShape::nothing:
      return fault_in_file(member.line, ErrorCode::invalid_value,
                           fmt::format("{} has no value.", key.path),
                           "Write a value, or remove the line to have the default.");
    case YamlShape::group:
      return fault_in_file(
          member.line, ErrorCode::invalid_value,
          fmt::format("{} expects {}, not a group of keys.", key.path, expected_value(key)), {});
    case YamlShape::list:
      given = given_list(key, node);
      break;
    case YamlShape::plain:
      given = GivenText{.text = node.text, .spelling = Spelling::plain};
      break;
    case YamlShape::quoted:
      given = GivenText{.text = node.text, .spelling = Spelling::quoted};
      break;
  }
  if (!given) return;
  origin = {.kind = OriginKind::file, .place = place_of(member.line)};
  Result<void> read = read_value(key, *given, loaded_.config);
  if (!read) fault_in_file(node.line, std::move(read.error()));
}

std::optional<GivenValue> Loading::given_list(const ConfigKey& key, const YamlNode& list) {
  std::vector<std::string> items;
  for (const YamlNode& item : list.items) {
    if (item.shape != YamlShape::plain && item.shape != YamlShape::quoted) {
      fault_in_file(item.line, ErrorCode::invalid_value,
                    fmt::format("{} has an item that is no text.", key.path),
                    "Write `- text` for each item.");
      return std::nullopt;
    }
    items.push_back(item.text);
  }
  return items;
}

void Loading::read_environment() {
  if (!sources_.variable) return;
  for (const ConfigKey& key : config_keys()) {
    const std::string name = environment_name(key);
    const std::optional<std::string> text = sources_.variable(name);
    // Empty is how scripts and container files leave a variable out.
    if (!text || text->empty()) continue;
    read_typed(key, *text, {.kind = OriginKind::environment, .place = name});
  }
}

void Loading::read_overrides() {
  for (const ConfigOverride& given : sources_.overrides) {
    const std::string path = full_path(given.key);
    if (const ConfigKey* key = find_key(path)) {
      read_typed(*key, given.value, {.kind = OriginKind::flag, .place = given.flag});
      continue;
    }
    const bool group = is_key_group(path);
    add_fault(given.flag, fail(ErrorCode::unknown_field,
                               fmt::format("{} is {}.", shown(given.key),
                                           group ? "a group of keys" : "not a known key"),
                               group ? names_below(path) : unknown_key_hint(path))
                              .error());
  }
}

void Loading::read_typed(const ConfigKey& key, const std::string& text, Origin origin) {
  const GivenText given{.text = text, .spelling = Spelling::typed};
  if (Result<void> read = read_value(key, given, loaded_.config); !read) {
    add_fault(origin.place, std::move(read.error()));
  }
  loaded_.origins[index_of(key)] = std::move(origin);
}

void Loading::read_secrets() {
  if (!sources_.read_secret || !faults_.empty()) return;
  for (const ConfigKey& key : config_keys()) {
    if (key.secret == nullptr) continue;
    const std::string path = plain_value(key, loaded_.config);
    if (path.empty()) continue;
    const std::string& place = loaded_.origins[index_of(key)].place;
    Result<std::string> text = sources_.read_secret(path);
    if (!text) {
      text.error().message = fmt::format("{}: {}", key.path, text.error().message);
      add_fault(place, std::move(text.error()));
      continue;
    }
    const std::string_view content = trimmed(*text);
    if (content.empty() || content.size() > kSecretBytesMax) {
      const std::string size =
          content.empty() ? "is empty" : fmt::format("has more than {} bytes", kSecretBytesMax);
      add_fault(place, fail(ErrorCode::invalid_value,
                            fmt::format("{}: the file {} {}.", key.path, shown(path), size),
                            "Put nothing but the secret into it.")
                           .error());
      continue;
    }
    key.secret(loaded_.config) = SecretText(std::string(content));
  }
}

void Loading::check_rules() {
  if (!faults_.empty()) return;  // A default in place of a refused value would be judged.
  for (BrokenRule& broken : broken_rules(loaded_.config)) {
    const ConfigKey* key = find_key(broken.path);
    CARILLON_CHECK(key != nullptr, broken.path);
    add_fault(loaded_.origins[index_of(*key)].place, std::move(broken.error));
  }
}

}  // namespace

std::expected<LoadedConfig, ConfigFaults> load_config(const ConfigSources& sources) {
  Loading loading(sources);
  loading.read_file();
  loading.read_environment();
  loading.read_overrides();
  loading.check_rules();
  loading.read_secrets();
  return loading.finish();
}

Result<ConfigOverride> parse_override(std::string_view typed) {
  const std::size_t equals = typed.find('=');
  if (equals == std::string_view::npos || trimmed(typed.substr(0, equals)).empty()) {
    return fail(ErrorCode::invalid_value, fmt::format("'{}' is not key=value.", shown(typed)),
                "Write for example --set log.level=debug.");
  }
  return ConfigOverride{.key = std::string(trimmed(typed.substr(0, equals))),
                        .value = std::string(typed.substr(equals + 1))};
}

std::string default_data_dir(const VariableLookup& variable) {
  const auto directory = [&](std::string_view name) {
    const std::optional<std::string> value = variable ? variable(name) : std::nullopt;
    // The XDG rules: a relative path is to be ignored.
    return value && value->starts_with('/') ? *value : std::string{};
  };
  if (const std::string data = directory("XDG_DATA_HOME"); !data.empty()) return data + "/carillon";
  if (const std::string home = directory("HOME"); !home.empty()) {
    return home + "/.local/share/carillon";
  }
  return "./carillon-data";
}

LoadedConfig reloaded(const LoadedConfig& running, const LoadedConfig& fresh) {
  LoadedConfig merged = running;
  ServerConfig source = fresh.config;
  for (const ConfigKey& key : config_keys()) {
    if (key.reload == Reload::restart) continue;
    std::visit(
        [&]<class T>(T* member) { *member = *std::get<const T*>(key.member.of(fresh.config)); },
        key.member.of(merged.config));
    if (key.secret != nullptr) key.secret(merged.config) = key.secret(source);
    merged.origins[index_of(key)] = fresh.origins[index_of(key)];
  }
  return merged;
}

std::vector<const ConfigKey*> changed_keys(const LoadedConfig& before, const LoadedConfig& after) {
  ServerConfig old_config = before.config;
  ServerConfig new_config = after.config;
  std::vector<const ConfigKey*> changed;
  for (const ConfigKey& key : config_keys()) {
    const bool other_secret =
        key.secret != nullptr && key.secret(old_config) != key.secret(new_config);
    const bool other_value = print_value(key, old_config) != print_value(key, new_config);
    if (other_secret || other_value) changed.push_back(&key);
  }
  return changed;
}

}  // namespace carillon::server
