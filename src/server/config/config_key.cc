#include "server/config/config_key.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"

namespace carillon::server {
namespace {

// What Spring applications set beside the specification's keys, and what takes its place here.
struct SpringKey {
  std::string_view path;
  std::string_view hint;
};
constexpr std::array<SpringKey, 4> kSpringKeys{{
    {"server", "Set carillon.listen, for example 127.0.0.1:8080."},
    {"logging", "Set carillon.log.level and carillon.log.format."},
    {"management", "Remove it: /livez, /readyz and /metrics are always there."},
    {"spring.application", "Remove it: carillon needs no name."},
}};

bool lies_below(std::string_view path, std::string_view group) {
  return path.size() > group.size() && path.starts_with(group) && path[group.size()] == '.';
}

// The row of the path or of a group around it; null if there is none.
const SpringKey* find_spring_key(std::string_view path) {
  for (const SpringKey& key : kSpringKeys) {
    if (path == key.path || lies_below(path, key.path)) return &key;
  }
  return nullptr;
}

std::string_view parent_of(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
}

// The next part of a path below a group; all parts for the empty group.
std::string_view child_name(std::string_view path, std::string_view group) {
  if (!group.empty()) path.remove_prefix(group.size() + 1);
  return path.substr(0, path.find('.'));
}

std::vector<std::string_view> child_names(std::string_view group) {
  std::vector<std::string_view> names;
  for (const ConfigKey& key : config_keys()) {
    if (!group.empty() && !lies_below(key.path, group)) continue;
    const std::string_view name = child_name(key.path, group);
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

// The only key or group whose path ends in these parts: `retention` for carillon.retention.
std::string_view path_ending_in(std::string_view tail) {
  std::string_view found;
  for (const ConfigKey& key : config_keys()) {
    for (std::string_view path = key.path; !path.empty(); path = parent_of(path)) {
      const bool ends = path.size() > tail.size() && path.ends_with(tail) &&
                        path[path.size() - tail.size() - 1] == '.';
      if (!ends || path == found) continue;
      if (!found.empty()) return {};
      found = path;
    }
  }
  return found;
}

std::string_view nearest_path(std::string_view wrong) {
  std::vector<std::string_view> paths;
  for (const ConfigKey& key : config_keys()) paths.push_back(key.path);
  return nearest_name(wrong, paths);
}

}  // namespace

const ConfigKey* find_key(std::string_view path) {
  const auto keys = config_keys();
  const auto found = std::ranges::find(keys, path, &ConfigKey::path);
  return found == keys.end() ? nullptr : &*found;
}

bool is_key_group(std::string_view path) {
  return std::ranges::any_of(config_keys(),
                             [&](const ConfigKey& key) { return lies_below(key.path, path); });
}

std::string full_path(std::string_view typed) {
  const std::string_view first = typed.substr(0, typed.find('.'));
  if (is_key_group(first) || find_spring_key(typed) != nullptr) return std::string(typed);
  return fmt::format("carillon.{}", typed);
}

std::string environment_name(const ConfigKey& key) {
  std::string name(key.path);
  for (char& c : name) {
    if (c == '.' || c == '-') {
      c = '_';
    } else if (c >= 'a' && c <= 'z') {
      c = static_cast<char>(c - 'a' + 'A');
    }
  }
  return name;
}

std::string unknown_key_hint(std::string_view path) {
  if (const SpringKey* key = find_spring_key(path)) return std::string(key->hint);
  std::string_view group = parent_of(path);
  while (!group.empty() && !is_key_group(group)) group = parent_of(group);
  const std::string_view below = group.empty() ? path : path.substr(group.size() + 1);
  const std::string_view wrong = below.substr(0, below.find('.'));
  const std::vector<std::string_view> names = child_names(group);
  if (const std::string_view near = nearest_name(wrong, names); !near.empty()) {
    const std::string better =
        fmt::format("{}{}{}{}", group, group.empty() ? "" : ".", near, below.substr(wrong.size()));
    if (find_key(better) != nullptr || is_key_group(better)) {
      return fmt::format("Did you mean {}?", better);
    }
  }
  if (const std::string_view moved = path_ending_in(below); !moved.empty()) {
    return fmt::format("Did you mean {}?", moved);
  }
  if (const std::string_view near = nearest_path(path); !near.empty()) {
    return fmt::format("Did you mean {}?", near);
  }
  return names_below(group);
}

std::string names_below(std::string_view group) {
  const std::string names = fmt::format("{}", fmt::join(child_names(group), ", "));
  return group.empty() ? fmt::format("Known at the top: {}.", names)
                       : fmt::format("Known below {}: {}.", group, names);
}

}  // namespace carillon::server
