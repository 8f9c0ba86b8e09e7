#include "adapters/embedded/rocksdb/manifest_end.h"

#include <fstream>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "adapters/embedded/rocksdb/acknowledged_mark.h"
#include "adapters/embedded/rocksdb/durable_directory.h"
#include "adapters/embedded/rocksdb/manifest_watch.h"
#include "adapters/embedded/rocksdb/record_log.h"

namespace carillon {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSectorBytes = 512;  // The least that a disk writes as one.

Error damaged(std::string_view clause) {
  return Error{.code = ErrorCode::corrupt,
               .message = fmt::format("The store is damaged: {}.", clause),
               .hint = "Nothing was changed. Only a backup has it whole.",
               .column = std::nullopt,
               .pointer = {}};
}

// Whether the bytes behind the last whole record can be what is left of one write: whole sectors
// of it, perhaps none, and zeros from there on.
bool is_unfinished(const fs::path& file, const RecordLogEnd& end) {
  const std::uint64_t border = (end.zeros_from + kSectorBytes - 1) / kSectorBytes * kSectorBytes;
  const bool zeros_begin_with_record = end.zeros_from <= end.whole_bytes;
  if (!zeros_begin_with_record && border >= end.file_bytes) return false;
  return !begins_record_behind(file, {.offset = end.whole_bytes});
}

}  // namespace

Result<std::optional<ManifestCut>> examine_manifest(const fs::path& directory,
                                                    const fs::path& mark_file) {
  std::ifstream in(directory / "CURRENT", std::ios::binary);
  std::string name;
  if (!std::getline(in, name)) return std::nullopt;
  const auto number = manifest_number(name);
  const fs::path file = directory / name;
  const auto end = number ? record_log_end(file) : std::nullopt;
  if (!end) return std::nullopt;  // RocksDB says what is wrong.
  const auto known = AcknowledgedMark::peek_manifest(mark_file);
  const bool is_known = known && AcknowledgedMark::is_of(*known, *number);
  if (is_known && end->file_bytes < known->bytes) {
    return fail(damaged(fmt::format("{} ends at byte {}, but {} bytes of it were synced",
                                    file.string(), end->file_bytes, known->bytes)));
  }
  if (is_known && end->whole_bytes < known->bytes) {
    return fail(damaged(fmt::format("{} is damaged at byte {}", file.string(), end->whole_bytes)));
  }
  // Without any record it never was a manifest.
  if (end->whole_bytes == 0 || end->zeros_from == end->file_bytes) return std::nullopt;
  if (!is_unfinished(file, *end)) return std::nullopt;
  return ManifestCut{.file = file, .whole_bytes = end->whole_bytes, .file_bytes = end->file_bytes};
}

fs::path copy_of(const ManifestCut& cut) { return cut.file.string() + ".whole"; }

Result<void> keep_whole_manifest(const ManifestCut& cut) {
  std::error_code error;
  fs::copy_file(cut.file, copy_of(cut), fs::copy_options::overwrite_existing, error);
  if (!error) return sync_path(copy_of(cut));
  return fail(ErrorCode::io_failed,
              fmt::format("Cannot copy {}: {}.", cut.file.string(), error.message()),
              "Look whether the disk of the data directory has room.");
}

std::string sentence_about(const ManifestCut& cut) {
  return fmt::format(
      "The last {} bytes of {}, from byte {} on, are what a loss of power left of a write that was "
      "not synced. They are passed over; nothing that was acknowledged is missing.",
      cut.file_bytes - cut.whole_bytes, cut.file.string(), cut.whole_bytes);
}

Error damage_of(const ManifestCut& cut) {
  return damaged(fmt::format("{} is damaged at byte {}", cut.file.string(), cut.whole_bytes));
}

}  // namespace carillon
