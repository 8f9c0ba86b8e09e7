#include "adapters/embedded/rocksdb/rocksdb_directory.h"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <unistd.h>

#include "adapters/embedded/rocksdb/durable_directory.h"
#include "adapters/embedded/rocksdb/shortened_manifest.h"
#include "adapters/embedded/rocksdb/store_damage.h"

namespace carillon {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, kFamilies> kFamilyNames{
    "default", "journal", "state", "wakeups", "facts", "blobs", "dead"};

constexpr std::string_view kDamagedHint = "Nothing was changed. Only a backup has it whole.";

rocksdb::DBOptions database_options(const RocksdbOptions& options) {
  rocksdb::DBOptions made;
  made.max_background_jobs = options.background_jobs;
  made.max_total_wal_size = options.wal_bytes_max;
  made.avoid_unnecessary_blocking_io = true;
  made.paranoid_checks = true;
  // The default would stop at the first damaged record and silently drop the acknowledged ones
  // behind it. This one opens with a torn tail only.
  made.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  made.track_and_verify_wals_in_manifest = true;
  made.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  made.keep_log_file_num = 3;
  made.max_log_file_size = 4 << 20;
  made.bytes_per_sync = 1 << 20;
  made.max_open_files = 512;
  return made;
}

rocksdb::ColumnFamilyOptions family_options(const RocksdbOptions& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  rocksdb::ColumnFamilyOptions made;
  made.write_buffer_size = options.write_buffer_bytes;
  made.max_write_buffer_number = 3;
  made.compression = rocksdb::kLZ4Compression;
  made.level_compaction_dynamic_level_bytes = true;
  made.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return made;
}

// The process that holds the lock file, or 0. Never called when it is this process: closing the
// file would release its lock.
pid_t lock_holder(const fs::path& lock) {
  const int file = ::open(lock.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  struct flock probe{};
  probe.l_type = F_WRLCK;
  probe.l_whence = SEEK_SET;
  const int asked = ::fcntl(file, F_GETLK, &probe);
  ::close(file);
  return asked == 0 && probe.l_type != F_UNLCK ? probe.l_pid : 0;
}

Error damaged_store(std::string clause) {
  return Error{.code = ErrorCode::corrupt,
               .message = fmt::format("The store is damaged: {}.", clause),
               .hint = std::string(kDamagedHint),
               .column = std::nullopt,
               .pointer = {}};
}

bool means_damage(const rocksdb::Status& status) {
  return status.IsCorruption() || status.IsNotFound() || status.IsInvalidArgument() ||
         status.IsPathNotFound();
}

// RocksDB says what went wrong, seldom where.
Error damage_or_failure(const rocksdb::Status& status, const fs::path& directory) {
  const std::string text = status.ToString();
  if (means_damage(status)) {
    if (auto clause = store_damage(directory, text)) return damaged_store(*std::move(clause));
  }
  return error_of(status, fmt::format("opening {}", directory.string()));
}

// What a directory without CURRENT is.
enum class Unnamed : std::uint8_t {
  unfinished,  // RocksDB began to make a store, or nothing is there: it may be made.
  damaged,     // It was a store: it holds data, or our own file.
  foreign,     // It holds other files.
};

Unnamed examine_unnamed(const fs::path& directory) {
  Unnamed found = Unnamed::unfinished;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    const std::string name = entry.path().filename().string();
    const bool is_data = name.ends_with(".sst") || name == "ACKNOWLEDGED" ||
                         (name.ends_with(".log") && entry.file_size(ignored) > 0);
    const bool is_bare = name == "LOCK" || name == "LOG" || name.starts_with("LOG.") ||
                         name == "IDENTITY" || name.starts_with("MANIFEST-") ||
                         name.starts_with("OPTIONS-") || name.ends_with(".dbtmp") ||
                         name.ends_with(".log");
    if (!is_data && !is_bare) return Unnamed::foreign;
    if (is_data) found = Unnamed::damaged;
  }
  return found;
}

std::unexpected<Error> not_ours(const fs::path& directory) {
  return fail(
      ErrorCode::invalid_value,
      fmt::format("{} is not a carillon data directory: it holds other files.", directory.string()),
      "Name an empty or missing directory.");
}

Result<void> prepare_directory(const fs::path& directory, OpenFor purpose) {
  std::error_code error;
  const bool database = fs::exists(directory / "CURRENT", error);
  // A directory that a killed process made may still be known to no disk.
  if (database)
    return purpose == OpenFor::writing ? make_durable_directory(directory) : Result<void>{};
  const Unnamed found = examine_unnamed(directory);
  if (found == Unnamed::damaged) {
    return fail(damaged_store(fmt::format("{} is missing", (directory / "CURRENT").string())));
  }
  if (purpose == OpenFor::reading) {
    return fail(ErrorCode::not_found, fmt::format("There is no store in {}.", directory.string()),
                "Name the data directory of a server.");
  }
  if (found == Unnamed::foreign) return not_ours(directory);
  return make_durable_directory(directory);
}

// Refuses a database of somebody else before anything of it is touched.
Result<void> check_families(const fs::path& directory, const rocksdb::DBOptions& options) {
  if (!fs::exists(directory / "CURRENT")) return {};
  std::vector<std::string> present;
  const auto listed = rocksdb::DB::ListColumnFamilies(options, directory.string(), &present);
  if (!listed.ok()) return fail(open_error(listed, directory));
  for (const std::string& name : present) {
    if (std::ranges::find(kFamilyNames, name) == kFamilyNames.end()) return not_ours(directory);
  }
  if (present.size() > 1) return {};
  // Only the default family: ours if the process died while it made the store, else not.
  std::unique_ptr<rocksdb::DB> db;
  const rocksdb::Options plain(rocksdb::DBOptions{options}, rocksdb::ColumnFamilyOptions());
  const auto opened = rocksdb::DB::OpenForReadOnly(plain, directory.string(), &db);
  if (!opened.ok()) return fail(open_error(opened, directory));
  return db->GetLatestSequenceNumber() == 0 ? Result<void>{} : not_ours(directory);
}

struct Wanted {
  const RocksdbOptions& options;
  OpenFor purpose;
};

rocksdb::Status open_database(const fs::path& directory, const rocksdb::DBOptions& database,
                              const Wanted& wanted, RocksdbDirectory& opened) {
  const auto cache = rocksdb::NewLRUCache(wanted.options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string_view name : kFamilyNames) {
    families.emplace_back(std::string(name), family_options(wanted.options, cache));
  }
  // Half of what steps ask for is not there: a new task has neither a row nor a name taken.
  rocksdb::ColumnFamilyOptions& state = families[static_cast<std::size_t>(Family::state)].options;
  state.memtable_prefix_bloom_size_ratio = 0.02;
  state.memtable_whole_key_filtering = true;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const std::string name = directory.string();
  const rocksdb::Status status =
      wanted.purpose == OpenFor::writing
          ? rocksdb::DB::Open(database, name, families, &handles, &opened.db)
          : rocksdb::DB::OpenForReadOnly(database, name, families, &handles, &opened.db);
  if (status.ok()) std::ranges::copy(handles, opened.families.begin());
  return status;
}

}  // namespace

RocksdbDirectory::~RocksdbDirectory() {
  for (rocksdb::ColumnFamilyHandle* handle : families) {
    if (handle != nullptr) db->DestroyColumnFamilyHandle(handle);
  }
  if (db) db->Close();
}

Result<std::unique_ptr<RocksdbDirectory>> open_rocksdb_directory(const fs::path& directory,
                                                                 const RocksdbOptions& options,
                                                                 OpenFor purpose,
                                                                 const StoreEnds& ends) {
  if (auto prepared = prepare_directory(directory, purpose); !prepared) {
    return fail(std::move(prepared.error()));
  }
  auto opened = std::make_unique<RocksdbDirectory>();
  rocksdb::DBOptions database = database_options(options);
  if (ends.manifest) {
    opened->environment = environment_with(*ends.manifest);
    database.env = opened->environment.get();
  }
  if (auto checked = check_families(directory, database); !checked) {
    return fail(std::move(checked.error()));
  }
  if (ends.manifest && purpose == OpenFor::writing) {
    if (auto kept = keep_whole_manifest(*ends.manifest); !kept) return fail(kept.error());
  }
  database.create_if_missing = purpose == OpenFor::writing;
  database.create_missing_column_families = purpose == OpenFor::writing;
  if (ends.log == LogEnd::unfinished) {
    database.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  }
  opened->manifest = std::make_shared<ManifestWatch>();
  database.listeners.push_back(opened->manifest);
  const rocksdb::Status status = open_database(directory, database, {options, purpose}, *opened);
  if (!status.ok()) return fail(open_error(status, directory));
  return opened;
}

bool holds_nothing(const fs::path& directory) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    const fs::path kind = entry.path().extension();
    if (kind == ".sst" || (kind == ".log" && entry.file_size(ignored) > 0)) return false;
  }
  return true;
}

Error open_error(const rocksdb::Status& status, const fs::path& directory) {
  const std::string text = status.ToString();
  const bool lock = status.IsIOError() && text.find("lock") != std::string::npos;
  if (!lock) return damage_or_failure(status, directory);
  const bool ours = text.find("lock hold by current process") != std::string::npos;
  const pid_t holder = ours ? ::getpid() : lock_holder(directory / "LOCK");
  return Error{.code = ErrorCode::already_running,
               .message = fmt::format(
                   "{} is in use by {}.", directory.string(),
                   holder > 0 ? fmt::format("process {}", holder) : std::string("another process")),
               .hint = "Stop that process, or name another data directory.",
               .column = std::nullopt,
               .pointer = {}};
}

Error error_of(const rocksdb::Status& status, std::string_view doing) {
  const std::string text = status.ToString();
  const auto table = status.IsCorruption() ? table_damage(text) : std::nullopt;
  Error error{.code = ErrorCode::io_failed,
              .message = table ? fmt::format("The store failed while {}: {}.", doing, *table)
                               : fmt::format("The store failed while {}: {}", doing, text),
              .hint = {},
              .column = std::nullopt,
              .pointer = {}};
  if (status.IsCorruption() || status.IsNotFound() || status.IsInvalidArgument()) {
    error.code = ErrorCode::corrupt;
    error.hint = kDamagedHint;
  } else if (status.IsNoSpace()) {
    error.code = ErrorCode::storage_full;
    error.hint = "Make room on the disk of the data directory.";
  } else {
    error.hint = "Look into the system's log for errors of the disk.";
  }
  return error;
}

}  // namespace carillon
