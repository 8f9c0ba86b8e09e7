// The writing side of RocksdbEngineStore.
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "adapters/embedded/rocksdb/rocksdb_engine_parts.h"
#include "adapters/embedded/rocksdb/rocksdb_keys.h"
#include "domain/words.h"

namespace carillon {

namespace {

namespace keys = rocksdb_keys;

// The order of the keys that rocksdb_keys makes.
bool goes_before(const StateChange* a, const StateChange* b) {
  const StateKey& left = a->key;
  const StateKey& right = b->key;
  return std::tuple(left.op, left.key.size(), std::string_view(left.key), left.subkey) <
         std::tuple(right.op, right.key.size(), std::string_view(right.key), right.subkey);
}

}  // namespace

void RocksdbEngineStore::Parts::put(Family family, std::string_view at, std::string_view bytes) {
  // Fails only when a batch exceeds 4 GiB, which the engine's bounds keep far away.
  batch.Put(open->family(family), at, bytes).PermitUncheckedError();
}

void RocksdbEngineStore::Parts::remove(Family family, std::string_view at) {
  batch.Delete(open->family(family), at).PermitUncheckedError();
}

void RocksdbEngineStore::Parts::put_chunk(ChunkPlace place, RecordChunk& chunk) {
  if (chunk.empty()) return;
  place.key(key, chunk.last());
  put(place.family, key, chunk.bytes());
  chunk.clear();
}

void RocksdbEngineStore::Parts::encode_records(const EngineBatch& from) {
  for (const JournalRecord& record : from.journal) {
    records.add(record.position, record);
    if (records.full()) put_chunk({}, records);
  }
  put_chunk({}, records);
}

void RocksdbEngineStore::Parts::encode_facts(const EngineBatch& from) {
  for (const FactRecord& fact : from.facts) {
    RecordChunk& chunk = facts[static_cast<std::size_t>(fact.topic)];
    chunk.add(fact.position, fact);
    if (chunk.full()) put_chunk({.family = Family::facts, .topic = fact.topic}, chunk);
  }
  for (std::size_t topic = 0; topic < kTopics; ++topic) {
    put_chunk({.family = Family::facts, .topic = static_cast<Topic>(topic)}, facts[topic]);
  }
}

// In their order, because the table in memory finds a place near the last one sooner than any
// other.
void RocksdbEngineStore::Parts::encode_state(const EngineBatch& from) {
  changes.clear();
  for (const StateChange& change : from.state) changes.push_back(&change);
  std::ranges::sort(changes, goes_before);
  for (const StateChange* change : changes) {
    keys::state_key(key, change->key.op, change->key.key, change->key.subkey);
    if (change->value) {
      put(Family::state, key, *change->value);
    } else {
      remove(Family::state, key);
    }
  }
}

void RocksdbEngineStore::Parts::encode_wake_ups(const EngineBatch& from) {
  for (const WakeUpChange& change : from.wake_ups) {
    if (change.before) {
      keys::wake_up_key(key, change.op, change.key, *change.before);
      remove(Family::wake_ups, key);
    }
    if (change.after) {
      keys::wake_up_key(key, change.op, change.key, *change.after);
      put(Family::wake_ups, key, {});
    }
  }
}

void RocksdbEngineStore::Parts::encode(const EngineBatch& from) {
  batch.Clear();
  encode_records(from);
  encode_state(from);
  encode_wake_ups(from);
  encode_facts(from);
  const auto put_wire = [this](Family family, const auto& what) {
    value.clear();
    append_wire(value, what);
    put(family, key, value);
  };
  for (const DeadLetter& letter : from.dead_letters) {
    keys::position_key(key, letter.record.position);
    put_wire(Family::dead, letter);
  }
  key = kMarkKey;
  put_wire(Family::meta, StoredMark{.last_position = from.last_position,
                                    .last_stamp = from.last_stamp,
                                    .carried = from.carried,
                                    .clock_step = from.clock_step});
}

Error RocksdbEngineStore::Parts::commit_error(const rocksdb::Status& status) {
  written_since_open_failed = true;
  Error error = error_of(status, "writing a batch");
  // A failed write or sync may have reached the disk all the same; only opening again can tell.
  if (error.code == ErrorCode::io_failed) error.code = ErrorCode::outcome_unknown;
  return error;
}

Result<void> RocksdbEngineStore::commit(const EngineBatch& batch) {
  Parts& parts = *parts_;
  if (parts.failed) return fail(*parts.failed);
  if (auto room = parts.space.check(); !room) {
    parts.failed = room.error();
    return room;
  }
  parts.encode(batch);
  const auto status = parts.open->db->Write(synced(), &parts.batch);
  if (!status.ok()) {
    parts.failed = parts.commit_error(status);
    return fail(*parts.failed);
  }
  parts.acknowledged->write(batch.last_position);
  const std::lock_guard lock(parts.mark_mutex);
  parts.mark.last_position = batch.last_position;
  parts.mark.last_stamp = batch.last_stamp;
  parts.mark.carried = batch.carried;
  parts.mark.clock_step = batch.clock_step;
  return {};
}

Result<void> RocksdbEngineStore::put_blob(std::string_view name, std::string_view value) {
  if (parts_->purpose == OpenFor::reading) return fail(*parts_->failed);
  const std::shared_lock lock(parts_->gate);
  if (!parts_->takes_writes()) return store_is_closed();
  const auto status =
      parts_->open->db->Put(synced(), parts_->open->family(Family::blobs), name, value);
  if (!status.ok()) return fail(error_of(status, "writing a blob"));
  return {};
}

// A chunk that holds what is forgotten and what is kept stays whole; readers pass over the former.
void RocksdbEngineStore::Parts::forget(ChunkPlace place, JournalPosition kept_from,
                                       rocksdb::WriteBatch& removal) const {
  std::string from;
  std::string until;
  place.key(from, JournalPosition(0));
  place.key(until, kept_from);
  removal.DeleteRange(open->family(place.family), from, until).PermitUncheckedError();
}

Result<void> RocksdbEngineStore::forget_until(JournalPosition position) {
  if (parts_->purpose == OpenFor::reading) return fail(*parts_->failed);
  const std::shared_lock lock(parts_->gate);
  if (!parts_->takes_writes()) return store_is_closed();
  const RocksdbDirectory& open = *parts_->open;
  const JournalPosition kept_from(position.value() + 1);
  rocksdb::WriteBatch removal;
  parts_->forget({}, kept_from, removal);
  for (std::size_t topic = 0; topic < kTopics; ++topic) {
    parts_->forget({.family = Family::facts, .topic = static_cast<Topic>(topic)}, kept_from,
                   removal);
  }
  std::string until;
  keys::position_key(until, kept_from);
  removal.Put(open.family(Family::meta), kKeptFromKey, until).PermitUncheckedError();
  const auto status = open.db->Write(synced(), &removal);
  if (!status.ok()) return fail(error_of(status, "removing old records"));
  const std::lock_guard mark_lock(parts_->mark_mutex);
  parts_->mark.journal_from = std::max(parts_->mark.journal_from, kept_from);
  return {};
}

}  // namespace carillon
