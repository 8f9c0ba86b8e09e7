// Opening a RocksDB directory as ours and nobody else's: options, checks, and what its errors mean.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <rocksdb/db.h>

#include "adapters/embedded/rocksdb/manifest_end.h"
#include "adapters/embedded/rocksdb/manifest_watch.h"
#include "adapters/embedded/rocksdb/rocksdb_engine_store.h"
#include "base/result.h"

namespace carillon {

// The column families; `meta` is the one that RocksDB calls default.
enum class Family : std::uint8_t { meta, journal, state, wake_ups, facts, blobs, dead };
inline constexpr std::size_t kFamilies = 7;

// An open database with its column families; closes it at the end of its life.
struct RocksdbDirectory {
  std::shared_ptr<ManifestWatch> manifest;    // Called as long as the database is open.
  std::unique_ptr<rocksdb::Env> environment;  // None for the usual one.
  std::unique_ptr<rocksdb::DB> db;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilies> families{};

  RocksdbDirectory() = default;
  RocksdbDirectory(const RocksdbDirectory&) = delete;
  RocksdbDirectory& operator=(const RocksdbDirectory&) = delete;
  ~RocksdbDirectory();

  [[nodiscard]] rocksdb::ColumnFamilyHandle* family(Family name) const {
    return families[static_cast<std::size_t>(name)];
  }
};

enum class OpenFor : std::uint8_t { writing, reading };

// What the end of the write-ahead log may be. The second only after is_unfinished_write: RocksDB
// then stops at the first record that is not sound, wherever it lies.
enum class LogEnd : std::uint8_t { sound_or_cut, unfinished };

// What a loss of power has left behind the last whole records, and is passed over.
struct StoreEnds {
  LogEnd log = LogEnd::sound_or_cut;
  std::optional<ManifestCut> manifest;
};

// Opens it; a manifest with an end to pass over is copied before a database is opened for writing.
//
// Errors as of RocksdbEngineStore::open.
Result<std::unique_ptr<RocksdbDirectory>> open_rocksdb_directory(
    const std::filesystem::path& directory, const RocksdbOptions& options, OpenFor purpose,
    const StoreEnds& ends = {});

// Whether nothing was ever written to the store: it has no table, and no record in a log.
bool holds_nothing(const std::filesystem::path& directory);

// What a failure to open the directory, or to verify it, means; names the damaged file.
Error open_error(const rocksdb::Status& status, const std::filesystem::path& directory);

// What a failed call means. `doing` completes "RocksDB failed while ...".
Error error_of(const rocksdb::Status& status, std::string_view doing);

}  // namespace carillon
