#include "runtime/engine/wake_up_table.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "base/check.h"

namespace carillon {

PackedKey::PackedKey(OperatorName op, std::string_view key) : op_(op) {
  if (key.size() <= kInline) {
    size_ = static_cast<std::uint8_t>(key.size());
    std::memcpy(bytes_.data(), key.data(), key.size());
    return;
  }
  size_ = kOutside;
  char* const copy = new char[key.size()];
  std::memcpy(copy, key.data(), key.size());
  const auto size = static_cast<std::uint32_t>(key.size());
  std::memcpy(bytes_.data(), &copy, sizeof(copy));
  std::memcpy(bytes_.data() + sizeof(copy), &size, sizeof(size));
}

PackedKey::PackedKey(PackedKey&& other) noexcept { steal(other); }

PackedKey& PackedKey::operator=(PackedKey&& other) noexcept {
  if (this != &other) {
    if (size_ == kOutside) delete[] outside();
    steal(other);
  }
  return *this;
}

PackedKey::~PackedKey() {
  if (size_ == kOutside) delete[] outside();
}

void PackedKey::steal(PackedKey& other) {
  op_ = other.op_;
  size_ = std::exchange(other.size_, std::uint8_t{0});
  bytes_ = other.bytes_;
}

char* PackedKey::outside() const {
  char* copy = nullptr;
  std::memcpy(&copy, bytes_.data(), sizeof(copy));
  return copy;
}

std::string_view PackedKey::key() const {
  if (size_ != kOutside) return {bytes_.data(), size_};
  std::uint32_t size = 0;
  std::memcpy(&size, bytes_.data() + sizeof(char*), sizeof(size));
  return {outside(), size};
}

WakeUpTable::WakeUpTable() {
  static_assert(sizeof(Slot) == 40 && sizeof(HeapItem) == 16, "the budget is 120 bytes in all");
  shards_.reserve(kShards);
  for (std::size_t i = 0; i < kShards; ++i) {
    shards_.emplace_back(0, SlotHash{this}, SlotEqual{this});
  }
}

std::size_t WakeUpTable::hash(const KeyView& view) {
  const std::size_t key = std::hash<std::string_view>{}(view.key);
  return key ^ (static_cast<std::size_t>(view.op) * 0x9e37'79b9'7f4a'7c15ULL);
}

std::size_t WakeUpTable::SlotHash::operator()(std::uint32_t slot) const {
  const Slot& entry = table->slot_at(slot);
  return hash({entry.key.op(), entry.key.key()}) / kShards;
}

std::size_t WakeUpTable::SlotHash::operator()(const KeyView& view) const {
  return hash(view) / kShards;
}

bool WakeUpTable::SlotEqual::operator()(std::uint32_t slot, const KeyView& view) const {
  const Slot& entry = table->slot_at(slot);
  return entry.key.op() == view.op && entry.key.key() == view.key;
}

std::uint32_t WakeUpTable::find_slot(const KeyView& view) const {
  const Shard& shard = shards_[hash(view) % kShards];
  const auto found = shard.find(view);
  return found == shard.end() ? kNone : *found;
}

std::uint32_t WakeUpTable::take_slot(const KeyView& view) {
  std::uint32_t slot = free_;
  if (slot != kNone) {
    free_ = slot_at(slot).next_free;
  } else {
    CARILLON_CHECK(slots_used_ != kNone, "too many wake-ups");
    slot = slots_used_++;
    if (slot % kChunk == 0) chunks_.push_back(std::make_unique<Slot[]>(kChunk));
  }
  slot_at(slot) = Slot{.key = PackedKey(view.op, view.key), .noticed = round_};
  shard_of(view).insert(slot);
  return slot;
}

void WakeUpTable::release_slot(std::uint32_t slot) {
  Slot& entry = slot_at(slot);
  shard_of({entry.key.op(), entry.key.key()}).erase(slot);
  entry = Slot{.noticed = round_, .next_free = free_};
  free_ = slot;
}

std::optional<Instant> WakeUpTable::pending_at(const Slot& slot) const {
  if (slot.heap_at == kNone) return std::nullopt;
  return heap_[slot.heap_at].at;
}

void WakeUpTable::load(const WakeUp& wake_up, Notice notice) {
  CARILLON_CHECK(find_slot({wake_up.op, wake_up.key}) == kNone, "two wake-ups of one key");
  const std::uint32_t slot = take_slot({wake_up.op, wake_up.key});
  if (notice == Notice::owed) slot_at(slot).noticed = round_ - 1;
  heap_insert(slot, wake_up.at);
}

void WakeUpTable::note_change(std::uint32_t slot) {
  Slot& entry = slot_at(slot);
  if (entry.change != kNone) return;
  entry.change = static_cast<std::uint32_t>(changes_.size());
  changes_.push_back({.slot = slot, .before = pending_at(entry)});
}

void WakeUpTable::set(OperatorName op, std::string_view key, std::optional<Instant> at) {
  std::uint32_t slot = find_slot({op, key});
  if (slot == kNone) {
    if (!at) return;
    slot = take_slot({op, key});
  }
  Slot& entry = slot_at(slot);
  entry.noticed = round_;
  if (pending_at(entry) == at) return;
  note_change(slot);
  if (!at) {
    heap_remove(entry.heap_at);
  } else if (entry.heap_at == kNone) {
    heap_insert(slot, *at);
  } else {
    heap_move(entry.heap_at, *at);
  }
}

std::optional<Instant> WakeUpTable::find(OperatorName op, std::string_view key) const {
  const std::uint32_t slot = find_slot({op, key});
  return slot == kNone ? std::nullopt : pending_at(slot_at(slot));
}

std::optional<WakeUpTable::Earliest> WakeUpTable::earliest() const {
  if (heap_.empty()) return std::nullopt;
  const Slot& entry = slot_at(heap_.front().slot);
  return Earliest{entry.key.op(), entry.key.key(), heap_.front().at};
}

std::vector<WakeUpChange> WakeUpTable::take_changes() {
  std::vector<WakeUpChange> taken;
  taken.reserve(changes_.size());
  for (const Change& change : changes_) {
    Slot& entry = slot_at(change.slot);
    const std::optional<Instant> after = pending_at(entry);
    entry.change = kNone;
    if (after != change.before) {
      taken.push_back({.op = entry.key.op(),
                       .key = std::string(entry.key.key()),
                       .before = change.before,
                       .after = after});
    }
    if (!after) release_slot(change.slot);
  }
  changes_.clear();
  return taken;
}

void WakeUpTable::owe_notices() {
  ++round_;
  owed_cursor_ = 0;
}

bool WakeUpTable::owes_notice(OperatorName op, std::string_view key) const {
  if (owed_cursor_ == kNone) return false;
  const std::uint32_t slot = find_slot({op, key});
  if (slot == kNone) return false;
  const Slot& entry = slot_at(slot);
  return entry.heap_at != kNone && entry.noticed != round_;
}

void WakeUpTable::settle_notice(OperatorName op, std::string_view key) {
  const std::uint32_t slot = find_slot({op, key});
  if (slot != kNone) slot_at(slot).noticed = round_;
}

std::optional<WakeUpTable::Earliest> WakeUpTable::next_owed() {
  if (owed_cursor_ == kNone) return std::nullopt;
  for (; owed_cursor_ < slots_used_; ++owed_cursor_) {
    const Slot& entry = slot_at(owed_cursor_);
    if (entry.heap_at == kNone || entry.noticed == round_) continue;
    return Earliest{entry.key.op(), entry.key.key(), heap_[entry.heap_at].at};
  }
  owed_cursor_ = kNone;
  return std::nullopt;
}

void WakeUpTable::clear() {
  for (Shard& shard : shards_) shard = Shard(0, SlotHash{this}, SlotEqual{this});
  chunks_.clear();
  slots_used_ = 0;
  free_ = kNone;
  heap_.clear();
  changes_.clear();
  owed_cursor_ = kNone;
}

// The heap: children of i are 4i + 1 .. 4i + 4.

void WakeUpTable::place(std::uint32_t index, HeapItem item) {
  heap_[index] = item;
  slot_at(item.slot).heap_at = index;
}

void WakeUpTable::sift_up(std::uint32_t index) {
  const HeapItem item = heap_[index];
  while (index > 0) {
    const std::uint32_t parent = (index - 1) / 4;
    if (heap_[parent].at <= item.at) break;
    place(index, heap_[parent]);
    index = parent;
  }
  place(index, item);
}

void WakeUpTable::sift_down(std::uint32_t index) {
  const HeapItem item = heap_[index];
  const auto size = static_cast<std::uint32_t>(heap_.size());
  for (std::uint32_t first = index * 4 + 1; first < size; first = index * 4 + 1) {
    std::uint32_t least = first;
    for (std::uint32_t child = first + 1; child < std::min(first + 4, size); ++child) {
      if (heap_[child].at < heap_[least].at) least = child;
    }
    if (item.at <= heap_[least].at) break;
    place(index, heap_[least]);
    index = least;
  }
  place(index, item);
}

void WakeUpTable::heap_insert(std::uint32_t slot, Instant at) {
  heap_.push_back({.at = at, .slot = slot});
  sift_up(static_cast<std::uint32_t>(heap_.size() - 1));
}

void WakeUpTable::heap_move(std::uint32_t at_index, Instant at) {
  const bool earlier = at < heap_[at_index].at;
  heap_[at_index].at = at;
  if (earlier) {
    sift_up(at_index);
  } else {
    sift_down(at_index);
  }
}

void WakeUpTable::heap_remove(std::uint32_t at_index) {
  slot_at(heap_[at_index].slot).heap_at = kNone;
  const HeapItem last = heap_.back();
  heap_.pop_back();
  if (at_index == heap_.size()) return;
  place(at_index, last);
  sift_up(at_index);
  sift_down(slot_at(last.slot).heap_at);
}

}  // namespace carillon
