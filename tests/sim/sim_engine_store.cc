#include "tests/sim/sim_engine_store.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/check.h"

namespace carillon {

SimEngineStore::SimEngineStore(SimDisk& disk) : disk_(disk) {
  disk_.mark.epoch = BootEpoch(disk_.mark.epoch.value() + 1);
}

Result<void> SimEngineStore::commit(const EngineBatch& batch) {
  if (failed_) return fail(*failed_);
  disk_.commits += 1;
  if (disk_.full) {
    failed_ = Error{.code = ErrorCode::storage_full, .message = "The simulated disk is full."};
    return fail(*failed_);
  }
  const auto fault = std::ranges::find(disk_.commit_faults, disk_.commits, &CommitFault::commit);
  if (fault == disk_.commit_faults.end()) {
    apply(batch);
    return {};
  }
  if (fault->fate == CommitFault::Fate::kept) apply(batch);
  failed_ = Error{.code = fault->code,
                  .message = "Simulated failure of commit " + std::to_string(disk_.commits) + "."};
  return fail(*failed_);
}

Result<void> SimEngineStore::reopen() {
  if (disk_.full) return fail(ErrorCode::storage_full, "The simulated disk is full.");
  failed_.reset();
  return {};
}

void SimEngineStore::apply(const EngineBatch& batch) {
  CARILLON_CHECK(batch.last_position > disk_.mark.last_position, "batches come in order");
  for (const JournalRecord& record : batch.journal) {
    CARILLON_CHECK(disk_.journal.emplace(record.position, record).second);
  }
  for (const FactRecord& fact : batch.facts) {
    CARILLON_CHECK(disk_.facts.emplace(std::pair{fact.topic, fact.position}, fact).second);
  }
  for (const StateChange& change : batch.state) {
    if (change.value) {
      disk_.state.insert_or_assign(change.key, *change.value);
    } else {
      disk_.state.erase(change.key);
    }
  }
  for (const WakeUpChange& change : batch.wake_ups) {
    const std::pair key{change.op, change.key};
    const auto stored = disk_.wake_ups.find(key);
    const auto before =
        stored == disk_.wake_ups.end() ? std::nullopt : std::optional(stored->second);
    CARILLON_CHECK(before == change.before, "the engine knows what is stored");
    if (change.after) {
      disk_.wake_ups.insert_or_assign(key, *change.after);
    } else {
      disk_.wake_ups.erase(key);
    }
  }
  disk_.dead_letters.insert(disk_.dead_letters.end(), batch.dead_letters.begin(),
                            batch.dead_letters.end());
  disk_.mark.last_position = batch.last_position;
  disk_.mark.last_stamp = batch.last_stamp;
  disk_.mark.carried = batch.carried;
  disk_.mark.clock_step = batch.clock_step;
}

Result<std::optional<Bytes>> SimEngineStore::get(const StateKey& key) const {
  disk_.reads += 1;
  if (disk_.read_fault == disk_.reads) {
    return fail(ErrorCode::io_failed, "Simulated failure of a read.");
  }
  const auto found = disk_.state.find(key);
  return found == disk_.state.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<std::optional<Bytes>>> SimEngineStore::get_together(
    OperatorName op, std::string_view key, std::span<const std::uint64_t> subkeys) const {
  std::vector<std::optional<Bytes>> values;
  for (const std::uint64_t subkey : subkeys) {
    auto value = get({.op = op, .key = Key(key), .subkey = subkey});
    if (!value) return fail(std::move(value.error()));
    values.push_back(std::move(*value));
  }
  return values;
}

Result<std::vector<Key>> SimEngineStore::keys_of(OperatorName op) const {
  std::vector<Key> keys;
  for (auto entry = disk_.state.lower_bound({.op = op}); entry != disk_.state.end(); ++entry) {
    if (entry->first.op != op) break;
    if (keys.empty() || keys.back() != entry->first.key) keys.push_back(entry->first.key);
  }
  return keys;
}

Result<void> SimEngineStore::scan_state(
    OperatorName op, std::string_view from,
    const std::function<bool(const StateKey&, std::string_view)>& visit) const {
  for (auto entry = disk_.state.lower_bound({.op = op, .key = Key(from)});
       entry != disk_.state.end(); ++entry) {
    if (entry->first.op != op || !visit(entry->first, entry->second)) break;
  }
  return {};
}

Result<void> SimEngineStore::scan_wake_ups(const std::function<void(const WakeUp&)>& visit) const {
  for (const auto& [key, at] : disk_.wake_ups) {
    visit({.op = key.first, .key = key.second, .at = at});
  }
  return {};
}

Result<std::vector<JournalRecord>> SimEngineStore::journal_after(JournalPosition from,
                                                                 std::size_t limit) const {
  std::vector<JournalRecord> records;
  for (auto entry = disk_.journal.upper_bound(from);
       entry != disk_.journal.end() && records.size() < limit; ++entry) {
    records.push_back(entry->second);
  }
  return records;
}

Result<std::vector<FactRecord>> SimEngineStore::facts_after(Topic topic, JournalPosition from,
                                                            std::size_t limit) const {
  std::vector<FactRecord> facts;
  for (auto entry = disk_.facts.upper_bound({topic, from});
       entry != disk_.facts.end() && entry->first.first == topic && facts.size() < limit; ++entry) {
    facts.push_back(entry->second);
  }
  return facts;
}

Result<std::vector<DeadLetter>> SimEngineStore::dead_letters(std::size_t limit) const {
  const std::size_t size = std::min(limit, disk_.dead_letters.size());
  return std::vector(disk_.dead_letters.begin(),
                     disk_.dead_letters.begin() + static_cast<std::ptrdiff_t>(size));
}

Result<std::optional<Bytes>> SimEngineStore::get_blob(std::string_view name) const {
  const auto found = disk_.blobs.find(name);
  return found == disk_.blobs.end() ? std::nullopt : std::optional(found->second);
}

Result<void> SimEngineStore::put_blob(std::string_view name, std::string_view value) {
  disk_.blobs.insert_or_assign(std::string(name), Bytes(value));
  return {};
}

Result<void> SimEngineStore::forget_until(JournalPosition position) {
  std::erase_if(disk_.journal, [&](const auto& entry) {
    if (entry.first > position) return false;
    disk_.forgotten_journal.push_back(entry.second);
    return true;
  });
  std::erase_if(disk_.facts, [&](const auto& entry) {
    if (entry.first.second > position) return false;
    disk_.forgotten_facts.push_back(entry.second);
    return true;
  });
  disk_.mark.journal_from =
      std::max(disk_.mark.journal_from, JournalPosition(position.value() + 1));
  return {};
}

}  // namespace carillon
