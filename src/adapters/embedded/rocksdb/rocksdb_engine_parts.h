// What is behind RocksdbEngineStore, shared by the files that implement it. Not for others.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <rocksdb/write_batch.h>

#include "adapters/embedded/rocksdb/acknowledged_mark.h"
#include "adapters/embedded/rocksdb/free_space.h"
#include "adapters/embedded/rocksdb/record_chunk.h"
#include "adapters/embedded/rocksdb/rocksdb_directory.h"
#include "adapters/embedded/rocksdb/rocksdb_engine_store.h"

namespace carillon {

// The part of the mark that every commit replaces.
struct StoredMark {
  JournalPosition last_position;
  Instant last_stamp;
  std::vector<CarriedMessage> carried;
  std::optional<ClockStepNotice> clock_step;

  static constexpr auto fields() {
    using M = StoredMark;
    return std::tuple{Field{1, "lastPosition", &M::last_position},
                      Field{2, "lastStamp", &M::last_stamp}, Field{3, "carried", &M::carried},
                      Field{4, "clockStep", &M::clock_step}};
  }
};

inline constexpr std::string_view kMarkKey = "mark";
inline constexpr std::string_view kKeptFromKey = "kept-from";

inline rocksdb::WriteOptions synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

inline constexpr std::size_t kTopics = static_cast<std::size_t>(Topic::task_notifications) + 1;

// Where chunks lie: the journal, or the facts of a topic.
struct ChunkPlace {
  Family family = Family::journal;
  Topic topic = Topic::task_requests;  // Of facts.

  // The key of a chunk that ends with that position.
  void key(std::string& out, JournalPosition position) const;
  [[nodiscard]] bool has(std::string_view key) const;
  // The position with which the chunk of that key ends; none when it is no such key.
  [[nodiscard]] std::optional<JournalPosition> last(std::string_view key) const;
};

using VisitRecord = std::function<Result<bool>(JournalPosition, std::string_view)>;

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
  bool is_open_to_look = false;  // A reopen has failed: what is open serves reads only.
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
  std::vector<const StateChange*> changes;  // Of the batch being encoded.
  RecordChunk records;
  std::array<RecordChunk, kTopics> facts;

  Result<void> open_database();
  void open_to_look();
  Result<void> look(const StoreEnds& ends);
  [[nodiscard]] bool takes_writes() const { return open && !is_open_to_look; }
  Result<void> open_directory();
  Result<void> open_with(const StoreEnds& ends);
  Result<void> look_and_open_with(const StoreEnds& ends);
  Result<void> begin_acknowledging();
  Result<void> check_format();
  Result<void> put_format();
  Result<void> read_mark();
  Result<void> check_acknowledged() const;
  Result<void> take_epoch();
  Result<std::optional<Bytes>> meta(std::string_view name) const;
  Result<std::uint64_t> meta_number(std::string_view name) const;
  void put(Family family, std::string_view at, std::string_view bytes);
  void remove(Family family, std::string_view at);
  void encode(const EngineBatch& from);
  void encode_records(const EngineBatch& from);
  void encode_facts(const EngineBatch& from);
  void encode_state(const EngineBatch& from);
  void encode_wake_ups(const EngineBatch& from);
  void put_chunk(ChunkPlace place, RecordChunk& chunk);
  void forget(ChunkPlace place, JournalPosition kept_from, rocksdb::WriteBatch& removal) const;
  Error commit_error(const rocksdb::Status& status);
  Result<std::optional<Bytes>> read(Family family, std::string_view at) const;

  // Visits entries at and after `from`; visit(key, value) returns Result<bool>: whether to go on.
  template <class Visit>
  Result<void> scan(Family family, std::string_view from, Visit&& visit) const;

  // Visits the records of one place after a position; visit(position, bytes) as for scan.
  Result<void> scan_chunks(ChunkPlace place, JournalPosition after, const VisitRecord& visit) const;
};

// The answer while a failed reopen has left nothing open that can do what is asked.
inline std::unexpected<Error> store_is_closed() {
  return fail(ErrorCode::unavailable, "The store is closed after a failure and not open again yet.",
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
