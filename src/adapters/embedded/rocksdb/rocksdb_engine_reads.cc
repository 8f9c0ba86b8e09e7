// The reading side of RocksdbEngineStore. Any thread.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "adapters/embedded/rocksdb/rocksdb_engine_parts.h"
#include "adapters/embedded/rocksdb/rocksdb_keys.h"
#include "domain/words.h"

namespace carillon {

namespace {

namespace keys = rocksdb_keys;

std::unexpected<Error> bad_key(std::string_view what) {
  return fail(ErrorCode::corrupt, fmt::format("The store holds a key that names no {}.", what),
              "Put a backup in the place of the data directory.");
}

}  // namespace

StoreMark RocksdbEngineStore::mark() const {
  const std::lock_guard lock(parts_->mark_mutex);
  return parts_->mark;
}

Result<std::optional<Bytes>> RocksdbEngineStore::Parts::read(Family family,
                                                             std::string_view at) const {
  rocksdb::PinnableSlice found;
  const auto status = open->db->Get(rocksdb::ReadOptions(), open->family(family), at, &found);
  if (status.IsNotFound()) return std::optional<Bytes>{};
  if (!status.ok()) return fail(error_of(status, "reading a value"));
  return std::optional<Bytes>(std::in_place, found.data(), found.size());
}

Result<std::optional<Bytes>> RocksdbEngineStore::get(const StateKey& key) const {
  const std::shared_lock lock(parts_->gate);
  if (!parts_->open) return store_is_closed();
  std::string raw;
  keys::state_key(raw, key.op, key.key, key.subkey);
  return parts_->read(Family::state, raw);
}

Result<std::vector<std::optional<Bytes>>> RocksdbEngineStore::get_together(
    OperatorName op, std::string_view key, std::span<const std::uint64_t> subkeys) const {
  const std::shared_lock lock(parts_->gate);
  if (!parts_->open) return store_is_closed();
  std::vector<std::string> raw(subkeys.size());
  std::vector<rocksdb::Slice> slices;
  for (std::size_t i = 0; i < subkeys.size(); ++i) {
    keys::state_key(raw[i], op, key, subkeys[i]);
    slices.emplace_back(raw[i]);
  }
  // One MultiGet of one column family reads from one snapshot.
  std::vector<rocksdb::PinnableSlice> found(subkeys.size());
  std::vector<rocksdb::Status> statuses(subkeys.size());
  parts_->open->db->MultiGet(rocksdb::ReadOptions(), parts_->open->family(Family::state),
                             slices.size(), slices.data(), found.data(), statuses.data());
  std::vector<std::optional<Bytes>> values;
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    if (statuses[i].ok()) {
      values.emplace_back(std::in_place, found[i].data(), found[i].size());
    } else if (statuses[i].IsNotFound()) {
      values.emplace_back();
    } else {
      return fail(error_of(statuses[i], "reading a value"));
    }
  }
  return values;
}

Result<std::vector<Key>> RocksdbEngineStore::keys_of(OperatorName op) const {
  const std::shared_lock lock(parts_->gate);
  if (!parts_->open) return store_is_closed();
  const std::unique_ptr<rocksdb::Iterator> entry(
      parts_->open->db->NewIterator({}, parts_->open->family(Family::state)));
  std::vector<Key> keys;
  std::string from(1, static_cast<char>(op));
  for (entry->Seek(from); entry->Valid(); entry->Seek(from)) {
    auto key = keys::read_state_key(entry->key().ToStringView());
    if (!key) return bad_key("state");
    if (key->op != op) break;
    // The smallest text behind all subkeys of this key.
    keys::state_key(from, op, key->key, ~std::uint64_t{0});
    from.push_back('\0');
    keys.push_back(std::move(key->key));
  }
  if (!entry->status().ok()) return fail(error_of(entry->status(), "scanning"));
  return keys;
}

Result<void> RocksdbEngineStore::scan_state(
    OperatorName op, std::string_view from,
    const std::function<bool(const StateKey&, std::string_view)>& visit) const {
  const std::shared_lock lock(parts_->gate);
  if (!parts_->open) return store_is_closed();
  std::string begin(1, static_cast<char>(op));
  if (!from.empty()) keys::state_key(begin, op, from, 0);
  return parts_->scan(Family::state, begin,
                      [&](std::string_view raw, std::string_view bytes) -> Result<bool> {
                        const auto key = keys::read_state_key(raw);
                        if (!key) return bad_key("state");
                        return key->op == op && visit(*key, bytes);
                      });
}

Result<void> RocksdbEngineStore::scan_wake_ups(
    const std::function<void(const WakeUp&)>& visit) const {
  const std::shared_lock lock(parts_->gate);
  if (!parts_->open) return store_is_closed();
  return parts_->scan(Family::wake_ups, {},
                      [&](std::string_view raw, std::string_view) -> Result<bool> {
                        const auto wake_up = keys::read_wake_up_key(raw);
                        if (!wake_up) return bad_key("wake-up");
                        visit(*wake_up);
                        return true;
                      });
}

void ChunkPlace::key(std::string& out, JournalPosition position) const {
  if (family == Family::facts) {
    keys::fact_key(out, topic, position);
  } else {
    keys::position_key(out, position);
  }
}

bool ChunkPlace::has(std::string_view key) const {
  return family != Family::facts || (!key.empty() && static_cast<Topic>(key.front()) == topic);
}

std::optional<JournalPosition> ChunkPlace::last(std::string_view key) const {
  return family == Family::facts ? keys::read_fact_key(key) : keys::read_position_key(key);
}

Result<void> RocksdbEngineStore::Parts::scan_chunks(ChunkPlace place, JournalPosition after,
                                                    const VisitRecord& visit) const {
  JournalPosition from(after.value() + 1);
  {
    const std::lock_guard lock(mark_mutex);
    from = std::max(from, mark.journal_from);
  }
  rocksdb::ReadOptions once;
  once.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> chunk(
      open->db->NewIterator(once, open->family(place.family)));
  std::string begin;
  place.key(begin, from);
  for (chunk->Seek(begin); chunk->Valid(); chunk->Next()) {
    const std::string_view chunk_key = chunk->key().ToStringView();
    if (!place.has(chunk_key)) break;
    const auto last = place.last(chunk_key);
    if (!last) return bad_key("record");
    ChunkReader reader(*last, chunk->value().ToStringView());
    while (true) {
      const auto moved = reader.next();
      if (!moved) return fail(moved.error());
      if (!*moved) break;
      if (reader.position() < from) continue;
      auto go_on = visit(reader.position(), reader.bytes());
      if (!go_on) return fail(std::move(go_on.error()));
      if (!*go_on) return {};
    }
  }
  if (!chunk->status().ok()) return fail(error_of(chunk->status(), "scanning"));
  return {};
}

Result<std::vector<JournalRecord>> RocksdbEngineStore::journal_after(JournalPosition from,
                                                                     std::size_t limit) const {
  const std::shared_lock lock(parts_->gate);
  if (!parts_->open) return store_is_closed();
  std::vector<JournalRecord> records;
  if (limit == 0) return records;
  auto scanned = parts_->scan_chunks(
      {}, from, [&](JournalPosition position, std::string_view bytes) -> Result<bool> {
        auto record = from_wire<JournalRecord>(bytes);
        if (!record) return fail(std::move(record.error()));
        record->position = position;
        records.push_back(std::move(*record));
        return records.size() < limit;
      });
  if (!scanned) return fail(std::move(scanned.error()));
  return records;
}

Result<std::vector<FactRecord>> RocksdbEngineStore::facts_after(Topic topic, JournalPosition from,
                                                                std::size_t limit) const {
  const std::shared_lock lock(parts_->gate);
  if (!parts_->open) return store_is_closed();
  std::vector<FactRecord> facts;
  if (limit == 0) return facts;
  auto scanned =
      parts_->scan_chunks({.family = Family::facts, .topic = topic}, from,
                          [&](JournalPosition position, std::string_view bytes) -> Result<bool> {
                            auto fact = from_wire<FactRecord>(bytes);
                            if (!fact) return fail(std::move(fact.error()));
                            fact->position = position;
                            fact->topic = topic;
                            facts.push_back(std::move(*fact));
                            return facts.size() < limit;
                          });
  if (!scanned) return fail(std::move(scanned.error()));
  return facts;
}

Result<std::vector<DeadLetter>> RocksdbEngineStore::dead_letters(std::size_t limit) const {
  const std::shared_lock lock(parts_->gate);
  if (!parts_->open) return store_is_closed();
  std::vector<DeadLetter> letters;
  if (limit == 0) return letters;
  auto scanned = parts_->scan(Family::dead, {},
                              [&](std::string_view raw, std::string_view bytes) -> Result<bool> {
                                const auto position = keys::read_position_key(raw);
                                if (!position) return bad_key("dead letter");
                                auto letter = from_wire<DeadLetter>(bytes);
                                if (!letter) return fail(std::move(letter.error()));
                                letter->record.position = *position;
                                letters.push_back(std::move(*letter));
                                return letters.size() < limit;
                              });
  if (!scanned) return fail(std::move(scanned.error()));
  return letters;
}

Result<std::optional<Bytes>> RocksdbEngineStore::get_blob(std::string_view name) const {
  const std::shared_lock lock(parts_->gate);
  if (!parts_->open) return store_is_closed();
  return parts_->read(Family::blobs, name);
}

}  // namespace carillon
