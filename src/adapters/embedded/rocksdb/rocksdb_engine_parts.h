// What is behind RocksdbEngineStore, shared by the files that implement it. Not for others.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

#include <rocksdb/write_batch.h>

#include "adapters/embedded/rocksdb/acknowledged_mark.h"
#include "adapters/embedded/rocksdb/free_space.h"
#include "adapters/embedded/rocksdb/rocksdb_directory.h"
#include "adapters/embedded/rocksdb/rocksdb_engine_store.h"

namespace carillon {

struct RocksdbEngineStore::Parts {
  Parts(std::filesystem::path at, RocksdbOptions chosen, OpenFor opened_for)
      : directory(std::move(at)),
        options(chosen),
        purpose(opened_for),
        space(directory, chosen.free_bytes_min) {}

  const std::filesystem::path directory;
  const RocksdbOptions options;
  const OpenFor purpose;
  FreeSpace space;

  mutable std::shared_mutex gate;                // Readers share it; reopen has it alone.
  std::optional<AcknowledgedMark> acknowledged;  // Outlives the database, whose threads write it.
  std::unique_ptr<RocksdbDirectory> open;
  // What was acknowledged before the store was opened: all of it must be there.
  std::optional<JournalPosition> acknowledged_before;
  // The end of the manifest that the last opening passed over.
  std::optional<ManifestCut> manifest_cut;
  std::string log_before;  // For messages: opening makes a new log and removes the old.

  mutable std::mutex mark_mutex;
  StoreMark mark;

  // Of the committing thread.
  std::optional<Error> failed;
  bool written_since_open_failed = false;
  rocksdb::WriteBatch batch;
  std::string key;
  std::string value;

  Result<void> open_database();
  Result<void> open_directory();
  Result<void> open_with(const StoreEnds& ends);
  Result<void> look_and_open_with(const StoreEnds& ends);
  Result<void> begin_acknowledging();
  Result<void> check_format();
  Result<void> read_mark();
  Result<void> check_acknowledged() const;
  Result<void> take_epoch();
  Result<std::optional<Bytes>> meta(std::string_view name) const;
  Result<std::uint64_t> meta_number(std::string_view name) const;
  void put(Family family, std::string_view at, std::string_view bytes);
  void remove(Family family, std::string_view at);
  void encode(const EngineBatch& from);
  Error commit_error(const rocksdb::Status& status);
  Result<std::optional<Bytes>> read(Family family, std::string_view at) const;

  // Visits entries at and after `from`; visit(key, value) returns Result<bool>: whether to go on.
  template <class Visit>
  Result<void> scan(Family family, std::string_view from, Visit&& visit) const;
};

// The answer while a failed reopen has left nothing open.
inline std::unexpected<Error> store_is_closed() {
  return fail(ErrorCode::io_failed, "The store is closed after a failure and not open again yet.",
              "Try again after a moment.");
}

template <class Visit>
Result<void> RocksdbEngineStore::Parts::scan(Family family, std::string_view from,
                                             Visit&& visit) const {
  rocksdb::ReadOptions once;
  once.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> entry(open->db->NewIterator(once, open->family(family)));
  for (entry->Seek(from); entry->Valid(); entry->Next()) {
    Result<bool> go_on = visit(entry->key().ToStringView(), entry->value().ToStringView());
    if (!go_on) return fail(std::move(go_on.error()));
    if (!*go_on) return {};
  }
  if (!entry->status().ok()) return fail(error_of(entry->status(), "scanning"));
  return {};
}

}  // namespace carillon
