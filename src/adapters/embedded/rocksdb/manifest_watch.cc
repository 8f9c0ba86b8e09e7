#include "adapters/embedded/rocksdb/manifest_watch.h"

#include <charconv>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <rocksdb/db.h>

namespace carillon {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "MANIFEST-";

// 14 of "/MANIFEST-000014".
std::optional<std::uint64_t> number_of(std::string_view name) {
  const std::size_t at = name.find(kPrefix);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view digits = name.substr(at + kPrefix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

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
    if (const auto number = number_of(file)) mark->write({.number = *number, .bytes = bytes});
  }
}

Result<void> check_manifest(const fs::path& directory, const fs::path& mark_file) {
  const auto known = AcknowledgedMark::peek_manifest(mark_file);
  std::ifstream in(directory / "CURRENT", std::ios::binary);
  std::string name;
  if (!known || !std::getline(in, name)) return {};
  const auto number = number_of(name);
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(directory / name, error);
  if (error || !number || !AcknowledgedMark::is_of(*known, *number) || bytes >= known->bytes) {
    return {};
  }
  return fail(
      ErrorCode::corrupt,
      fmt::format("The store is damaged: {} ends at byte {}, but {} bytes of it were synced.",
                  (directory / name).string(), bytes, known->bytes),
      "Nothing was changed. Only a backup has it whole.");
}

}  // namespace carillon
