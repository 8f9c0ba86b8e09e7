#include "server/config/print_config.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"
#include "server/config/value_text.h"

namespace carillon::server {
namespace {

constexpr std::string_view kPreamble =
    "# Configuration\n"
    "\n"
    "Every key that `carillon server` and `carillon dev` take. This page is generated from the "
    "table that reads them.\n"
    "\n"
    "A flag wins over the environment, the environment over the file, the file over the default. "
    "`carillon config print --origin` says where each value came from, `carillon config check` "
    "whether all is well.\n"
    "\n"
    "```yaml\n"
    "# carillon server --config application.yml\n"
    "carillon:\n"
    "  listen: 127.0.0.1:8080\n"
    "  data-dir: /var/lib/carillon\n"
    "  retention:\n"
    "    runs: 14d\n"
    "  executors:\n"
    "    command:\n"
    "      enabled: true\n"
    "      memory-bytes: 1GiB\n"
    "```\n"
    "\n"
    "- On the command line: `--set retention.runs=14d`. `carillon.` may be left out there.\n"
    "- In the environment: the key in capitals with `_` for `.` and `-`, such as "
    "`CARILLON_RETENTION_RUNS=14d`. An empty variable counts as not set.\n"
    "- Durations are `500ms`, `30s`, `10m`, `1h30m`, `30d` or ISO 8601 such as `PT30S`; sizes are "
    "`64KiB`, `64MiB`, `1GiB`, `1TiB` or a number of bytes; `true` and `false` are the only "
    "words for yes and no; lists are YAML lists, or one text with commas.\n"
    "- The file is YAML without anchors, aliases, tags, merge keys, directives and block text, of "
    "at most 64 KiB. An unknown key, a key that is given twice and a value of the wrong type are "
    "errors; all are reported at once.\n"
    "- Secrets stand in files of their own, named by keys that end in `-file`.\n"
    "- HUP reads the file again and applies the keys marked in the column reload; the others "
    "need a restart.\n";

std::vector<std::string_view> group_of(const ConfigKey& key) {
  std::vector<std::string_view> parts = split(key.path, '.');
  parts.pop_back();
  return parts;
}

std::string_view last_name(const ConfigKey& key) {
  return key.path.substr(key.path.rfind('.') + 1);
}

// Writes the lines of the groups that begin with this key.
void append_groups(std::string& out, std::span<const std::string_view> before,
                   std::span<const std::string_view> now) {
  const auto differ = std::ranges::mismatch(before, now);
  for (auto part = differ.in2; part != now.end(); ++part) {
    const auto level = static_cast<std::size_t>(part - now.begin());
    if (level == 0 && !out.empty()) out += '\n';
    fmt::format_to(std::back_inserter(out), "{:{}}{}:\n", "", 2 * level, *part);
  }
}

// The group that gets a table of its own on the reference page: `carillon.retention`.
std::string section_of(const ConfigKey& key) {
  const std::vector<std::string_view> parts = group_of(key);
  if (parts.front() != "carillon") return std::string(parts.front());
  return parts.size() == 1 ? "carillon" : fmt::format("carillon.{}", parts[1]);
}

std::string default_text(const ConfigKey& key) {
  const std::string text = plain_value(key, ServerConfig{});
  return text.empty() ? "" : fmt::format("`{}`", text);
}

}  // namespace

std::string print_config(const LoadedConfig& loaded, WithOrigin with_origin) {
  const std::span<const ConfigKey> keys = config_keys();
  CARILLON_CHECK(loaded.origins.size() == keys.size(), "a configuration that load_config made");
  std::string out;
  std::vector<std::string_view> group;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    std::vector<std::string_view> next = group_of(keys[i]);
    append_groups(out, group, next);
    group = std::move(next);
    std::string line = fmt::format("{:{}}{}: {}", "", 2 * group.size(), last_name(keys[i]),
                                   print_value(keys[i], loaded.config));
    if (with_origin == WithOrigin::yes) {
      constexpr std::size_t kCommentColumn = 52;
      line.resize(std::max(line.size() + 2, kCommentColumn), ' ');
      line += fmt::format("# {}", escape_control(loaded.origins[i].place));
    }
    out += line + '\n';
  }
  return out;
}

std::string reference_markdown() {
  std::string out(kPreamble);
  std::string section;
  for (const ConfigKey& key : config_keys()) {
    if (std::string next = section_of(key); next != section) {
      section = std::move(next);
      out += fmt::format(
          "\n## {}\n\n| key | default | takes | reload | meaning |\n|---|---|---|---|---|\n",
          section);
    }
    out += fmt::format("| `{}` | {} | {} | {} | {} |\n", key.path, default_text(key),
                       expected_value(key), key.reload == Reload::on_hup ? "HUP" : "", key.summary);
  }
  return out;
}

}  // namespace carillon::server
