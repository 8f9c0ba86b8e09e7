#include "adapters/embedded/rocksdb/store_damage.h"

#include <algorithm>
#include <fstream>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "adapters/embedded/rocksdb/record_log.h"
#include "base/text.h"

namespace carillon {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDigits = "0123456789";

// The number behind the last `label` in the text; empty when there is none.
std::string_view number_behind(std::string_view text, std::string_view label) {
  const std::size_t at = text.rfind(label);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + label.size());
  return rest.substr(0, std::min(rest.find_first_not_of(kDigits), rest.size()));
}

// "000011.sst" of a text that has /path/000011.sst in it; empty when it has none.
std::string_view named_table(std::string_view text) {
  constexpr std::string_view kSuffix = ".sst";
  const std::size_t end = text.find(kSuffix);
  if (end == std::string_view::npos) return {};
  std::size_t begin = end;
  while (begin > 0 && kDigits.contains(text[begin - 1])) --begin;
  return text.substr(begin, end - begin + kSuffix.size());
}

std::string what_of_table(std::string_view text) {
  if (text.contains("No such file")) return "is missing";
  const std::string_view expected = number_behind(text, "mismatch between expected ");
  const std::string_view found = number_behind(text, "file system ");
  if (!expected.empty() && !found.empty()) {
    return fmt::format("has {} bytes instead of {}", found, expected);
  }
  const std::string_view offset = number_behind(text, " offset ");
  if (!offset.empty()) return fmt::format("is damaged at byte {}", offset);
  if (text.contains("magic number")) return "is damaged at its end";
  return "is damaged";
}

std::string clause_of(const fs::path& file, const LogFault& fault) {
  return fmt::format("{} {} at byte {}", file.string(),
                     fault.kind == LogFaultKind::torn ? "ends within the record" : "is damaged",
                     fault.offset);
}

std::vector<fs::path> logs_of(const fs::path& directory) {
  std::vector<fs::path> logs;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    if (entry.path().extension() == ".log") logs.push_back(entry.path());
  }
  std::ranges::sort(logs);  // Names have leading zeros: the oldest first.
  return logs;
}

bool has_manifest(const fs::path& directory) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    if (entry.path().filename().string().starts_with("MANIFEST-")) return true;
  }
  return false;
}

// What CURRENT or the manifest that it names is guilty of. Without a fault of its own the manifest
// may still be what RocksDB's text is about.
std::optional<std::string> manifest_damage(const fs::path& directory, std::string_view text) {
  const fs::path current = directory / "CURRENT";
  std::error_code ignored;
  if (!fs::exists(current, ignored)) return fmt::format("{} is missing", current.string());
  std::ifstream in(current, std::ios::binary);
  std::string name;
  std::getline(in, name);
  const bool is_whole = !in.eof();  // The line has its end.
  if (!is_whole || !name.starts_with("MANIFEST-") || name.contains('/')) {
    return fmt::format("{} does not name a manifest", current.string());
  }
  const fs::path manifest = directory / name;
  if (!fs::exists(manifest, ignored)) {
    return has_manifest(directory) ? fmt::format("{} names {}, which is not there",
                                                 current.string(), escape_control(name))
                                   : fmt::format("{} is missing", manifest.string());
  }
  if (const auto fault = first_log_fault(manifest)) return clause_of(manifest, *fault);
  const bool is_blamed = text.contains("in MANIFEST") || text.contains("Descriptor");
  if (is_blamed) return fmt::format("{} is incomplete", manifest.string());
  return std::nullopt;
}

}  // namespace

std::optional<std::string> table_damage(std::string_view rocksdb_text) {
  const std::string_view table = named_table(rocksdb_text);
  if (table.empty()) return std::nullopt;
  return fmt::format("{} {}", table, what_of_table(rocksdb_text));
}

std::optional<std::string> store_damage(const fs::path& directory, std::string_view rocksdb_text) {
  if (auto clause = table_damage(rocksdb_text)) {
    return (directory / *clause).string();
  }
  if (auto clause = manifest_damage(directory, rocksdb_text)) return clause;
  for (const fs::path& log : logs_of(directory)) {
    // The end of the newest log may be torn; RocksDB takes that.
    const auto fault = first_log_fault(log);
    if (fault && fault->kind == LogFaultKind::damaged) return clause_of(log, *fault);
  }
  return std::nullopt;
}

bool is_unfinished_write(const fs::path& directory) {
  std::vector<fs::path> logs = logs_of(directory);
  // A start that was cut off may have made newer ones without a record.
  std::error_code ignored;
  while (!logs.empty() && fs::file_size(logs.back(), ignored) == 0) logs.pop_back();
  if (logs.empty()) return false;
  for (std::size_t i = 0; i + 1 < logs.size(); ++i) {
    if (first_log_fault(logs[i])) return false;
  }
  const auto fault = first_log_fault(logs.back());
  return fault && !begins_record_behind(logs.back(), *fault);
}

std::string newest_log(const fs::path& directory) {
  std::vector<fs::path> logs = logs_of(directory);
  std::error_code ignored;
  while (!logs.empty() && fs::file_size(logs.back(), ignored) == 0) logs.pop_back();
  if (logs.empty()) return fmt::format("{} has no write-ahead log and", directory.string());
  return fmt::format("{} (of {} bytes)", logs.back().string(), fs::file_size(logs.back(), ignored));
}

}  // namespace carillon
