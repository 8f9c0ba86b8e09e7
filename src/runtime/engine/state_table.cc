#include "runtime/engine/state_table.h"

#include <functional>
#include <string>
#include <utility>

#include "base/check.h"

namespace carillon {

namespace {

// Room for about as many entries as fit, so that the table rarely rehashes while it serves.
constexpr std::size_t kTypicalEntryBytes = 1024;

StateKeyView view_of(const StateKey& key) { return {key.op, key.key, key.subkey}; }

}  // namespace

StateTable::StateTable(const EngineStore& store, std::size_t clean_bytes_max)
    : store_(store), clean_bytes_max_(clean_bytes_max) {
  index_.reserve(clean_bytes_max / kTypicalEntryBytes);
}

StateTable::~StateTable() { clear(); }

std::size_t StateTable::EntryHash::operator()(const StateKeyView& key) const {
  const std::size_t text = std::hash<std::string_view>{}(key.key);
  const std::uint64_t number =
      key.subkey * 0x9e37'79b9'7f4a'7c15ULL + static_cast<std::uint64_t>(key.op);
  return text ^ (number * 0xff51'afd7'ed55'8ccdULL);
}

std::size_t StateTable::EntryHash::operator()(const Entry* entry) const {
  return (*this)(view_of(entry->key));
}

bool StateTable::EntryEqual::operator()(const Entry* entry, const StateKeyView& key) const {
  return entry->key.subkey == key.subkey && entry->key.op == key.op && entry->key.key == key.key;
}

std::size_t StateTable::bytes_of(const Entry& entry) {
  return sizeof(Entry) + entry.key.key.size() + (entry.value ? entry.value->size() : 0);
}

StateTable::Entry* StateTable::find(const StateKeyView& key) const {
  const auto found = index_.find(key);
  return found == index_.end() ? nullptr : *found;
}

StateTable::Entry* StateTable::add(const StateKeyView& key, std::optional<Bytes> value) {
  auto entry = std::make_unique<Entry>();
  entry->key = {.op = key.op, .key = std::string(key.key), .subkey = key.subkey};
  entry->value = std::move(value);
  index_.insert(entry.get());
  return entry.release();
}

void StateTable::remove(Entry* entry) {
  index_.erase(index_.find(view_of(entry->key)));
  delete entry;
}

void StateTable::link_clean(Entry* entry) {
  entry->older = newest_;
  entry->newer = nullptr;
  (newest_ != nullptr ? newest_->newer : oldest_) = entry;
  newest_ = entry;
  clean_bytes_ += bytes_of(*entry);
}

void StateTable::unlink_clean(Entry* entry) {
  (entry->newer != nullptr ? entry->newer->older : newest_) = entry->older;
  (entry->older != nullptr ? entry->older->newer : oldest_) = entry->newer;
  entry->newer = entry->older = nullptr;
  clean_bytes_ -= bytes_of(*entry);
}

void StateTable::evict() {
  while (clean_bytes_ > clean_bytes_max_ && oldest_ != newest_) {
    Entry* const entry = oldest_;
    unlink_clean(entry);
    remove(entry);
  }
}

Result<const Bytes*> StateTable::get(const StateKeyView& key) {
  Entry* entry = find(key);
  if (entry == nullptr) {
    auto stored = store_.get({.op = key.op, .key = std::string(key.key), .subkey = key.subkey});
    if (!stored) return fail(std::move(stored.error()));
    entry = add(key, std::move(*stored));
    link_clean(entry);
    evict();
  } else if (entry->batch == 0 && entry != newest_) {
    unlink_clean(entry);
    link_clean(entry);
  }
  return entry->value ? &*entry->value : nullptr;
}

void StateTable::put(const StateKeyView& key, std::optional<Bytes> value) {
  Entry* entry = find(key);
  if (entry == nullptr) {
    // Blind write: the value before is not known, so an undo must forget the entry.
    entry = add(key, std::move(value));
    undo_.push_back({.entry = entry, .value = std::nullopt, .batch = 0});
  } else {
    if (entry->batch == 0) unlink_clean(entry);
    undo_.push_back({.entry = entry, .value = std::move(entry->value), .batch = entry->batch});
    entry->value = std::move(value);
  }
  if (entry->batch != open_batch_) {
    entry->batch = open_batch_;
    changed_.push_back(entry);
  }
}

void StateTable::undo_step() {
  while (!undo_.empty()) {
    Undo undo = std::move(undo_.back());
    undo_.pop_back();
    Entry* const entry = undo.entry;
    if (undo.batch != open_batch_) {
      // The step's first change of the entry; changes are undone from the last to the first.
      CARILLON_CHECK(changed_.back() == entry);
      changed_.pop_back();
    }
    entry->batch = undo.batch;
    entry->value = std::move(undo.value);
    // What was clean may be read again from the store, which is simpler than to tell a blind write
    // from a known value, and undone steps are rare.
    if (undo.batch == 0) remove(entry);
  }
}

std::vector<StateChange> StateTable::seal() {
  CARILLON_CHECK(undo_.empty(), "a step is not ended");
  std::vector<StateChange> changes;
  changes.reserve(changed_.size());
  for (const Entry* entry : changed_) changes.push_back({.key = entry->key, .value = entry->value});
  sealed_.push_back(std::exchange(changed_, {}));
  ++open_batch_;
  return changes;
}

void StateTable::commit_oldest() {
  CARILLON_CHECK(!sealed_.empty());
  const std::uint64_t batch = open_batch_ - sealed_.size();
  for (Entry* entry : sealed_.front()) {
    if (entry->batch != batch) continue;  // A later batch changed it again and keeps it pinned.
    entry->batch = 0;
    if (entry->value) {
      link_clean(entry);
    } else {
      remove(entry);  // That a key has no value is the store's to remember.
    }
  }
  sealed_.pop_front();
  evict();
}

void StateTable::clear() {
  for (Entry* entry : index_) delete entry;
  index_.clear();
  newest_ = oldest_ = nullptr;
  clean_bytes_ = 0;
  changed_.clear();
  sealed_.clear();
  undo_.clear();
}

}  // namespace carillon
