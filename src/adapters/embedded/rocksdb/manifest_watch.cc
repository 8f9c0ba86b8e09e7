#include "adapters/embedded/rocksdb/manifest_watch.h"

#include <charconv>
#include <string>
#include <vector>

#include <rocksdb/db.h>

namespace carillon {

namespace {

constexpr std::string_view kPrefix = "MANIFEST-";

}  // namespace

std::optional<std::uint64_t> manifest_number(std::string_view name) {
  const std::size_t at = name.find(kPrefix);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view digits = name.substr(at + kPrefix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

void ManifestWatch::begin(AcknowledgedMark& mark, rocksdb::DB& db) {
  mark_.store(&mark);
  note(db);
}

void ManifestWatch::OnFlushCompleted(rocksdb::DB* db, const rocksdb::FlushJobInfo&) { note(*db); }

void ManifestWatch::OnCompactionCompleted(rocksdb::DB* db, const rocksdb::CompactionJobInfo&) {
  note(*db);
}

void ManifestWatch::note(rocksdb::DB& db) {
  AcknowledgedMark* const mark = mark_.load();
  if (mark == nullptr) return;
  // RocksDB's own count of what it has synced: the file may be longer for a moment.
  std::vector<std::string> files;
  std::uint64_t bytes = 0;
  if (!db.GetLiveFiles(files, &bytes, false).ok()) return;
  for (const std::string& file : files) {
    if (const auto number = manifest_number(file)) mark->write({.number = *number, .bytes = bytes});
  }
}

}  // namespace carillon
