#include "paths.h"

#include <algorithm>
#include <array>
#include <utility>

namespace crash_shim {
namespace {

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string store_kind(std::string_view name) {
  if (name.ends_with(".log")) return "rocksdb.wal";
  if (name.ends_with(".sst")) return "rocksdb.table";
  if (name.ends_with(".dbtmp")) return "rocksdb.temporary";
  if (name.starts_with("MANIFEST-")) return "rocksdb.manifest";
  if (name.starts_with("OPTIONS-")) return "rocksdb.options";
  if (name.starts_with("LOG")) return "rocksdb.info";
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kNames{
      {{"CURRENT", "rocksdb.current"},
       {"IDENTITY", "rocksdb.identity"},
       {"LOCK", "rocksdb.lock"},
       {"ACKNOWLEDGED", "store.mark"}}};
  const auto found = std::ranges::find(kNames, name, [](const auto& row) { return row.first; });
  return found == kNames.end() ? "rocksdb.other" : std::string(found->second);
}

std::string database_kind(std::string_view name) {
  const std::string which = name.starts_with("views") ? "sqlite.views" : "sqlite.logs";
  const std::size_t dash = name.find('-');
  return dash == std::string_view::npos ? which : which + std::string(name.substr(dash));
}

}  // namespace

bool is_durable(std::string_view kind) {
  return kind != "rocksdb.info" && kind != "rocksdb.lock" && !kind.ends_with("-shm");
}

std::string kind_of(std::string_view path) {
  // Copies beside the data directory: how far one has come matters, not which file it is at.
  if (path.starts_with("backup-")) return "backup.copy";
  if (path.starts_with("restored-")) return "restore.copy";
  const std::string_view name = name_of(path);
  if (name_of(parent_of(path)) == "store") return store_kind(name);
  if (name == "store") return "rocksdb.directory";
  if (name.starts_with("views.db") || name.starts_with("logs.db")) return database_kind(name);
  if (name.starts_with("keys")) return "data.keys";
  if (name == "files") return "files.directory";
  if (parent_of(path).ends_with("files")) return "files.file";
  return path.empty() || name == "data" ? "data.directory" : "data.other";
}

}  // namespace crash_shim
