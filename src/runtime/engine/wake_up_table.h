// Every pending wake-up of an engine in memory: by key, and by time. One thread.
//
// An indexed 4-ary heap over a slab of keys: setting, moving and cancelling cost O(log n) and leave
// no dead entries behind. About 70 bytes per wake-up, 100 while a vector has just grown. The index
// by key is split so that its growth never holds up a batch for more than milliseconds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "base/instant.h"
#include "domain/record/envelope.h"
#include "ports/engine_store.h"

namespace carillon {

// An operator and a key in 24 bytes; keys of more than 22 bytes lie outside.
class PackedKey {
 public:
  PackedKey() = default;
  PackedKey(OperatorName op, std::string_view key);
  PackedKey(PackedKey&& other) noexcept;
  PackedKey& operator=(PackedKey&& other) noexcept;
  ~PackedKey();

  [[nodiscard]] OperatorName op() const { return op_; }
  [[nodiscard]] std::string_view key() const;

 private:
  static constexpr std::size_t kInline = 22;
  static constexpr std::uint8_t kOutside = 0xff;

  void steal(PackedKey& other);
  [[nodiscard]] char* outside() const;

  OperatorName op_ = OperatorName::task_scheduler;
  std::uint8_t size_ = 0;  // kOutside: the bytes hold a pointer and a 32-bit size.
  std::array<char, kInline> bytes_{};
};

class WakeUpTable {
 public:
  // Whether a wake-up read at start belongs to a key that must still be told of a clock step.
  enum class Notice : std::uint8_t { none, owed };

  WakeUpTable();
  WakeUpTable(const WakeUpTable&) = delete;
  WakeUpTable& operator=(const WakeUpTable&) = delete;

  // Adds what the store holds; not a change. Requires that the key has none yet.
  void load(const WakeUp& wake_up, Notice notice);

  // Replaces the key's wake-up; none cancels it. The key is then owed no notice.
  void set(OperatorName op, std::string_view key, std::optional<Instant> at);

  [[nodiscard]] std::optional<Instant> find(OperatorName op, std::string_view key) const;

  // The earliest wake-up, valid until the next change; none when nothing is pending.
  struct Earliest {
    OperatorName op;
    std::string_view key;
    Instant at;
  };
  [[nodiscard]] std::optional<Earliest> earliest() const;

  // What differs from the last call, each key once; nothing for a key that is back where it was.
  [[nodiscard]] std::vector<WakeUpChange> take_changes();

  // Pending wake-ups.
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

  // From now on every key that has a wake-up is owed a notice, until it is set or settled.
  void owe_notices();
  [[nodiscard]] bool owes_notice(OperatorName op, std::string_view key) const;
  void settle_notice(OperatorName op, std::string_view key);

  // A key that is owed a notice; none when all are settled, and then it never looks again.
  [[nodiscard]] std::optional<Earliest> next_owed();

  void clear();

 private:
  static constexpr std::uint32_t kNone = 0xffff'ffff;
  static constexpr std::size_t kShards = 256;
  static constexpr std::size_t kChunk = 4096;

  struct Slot {
    PackedKey key;
    std::uint32_t heap_at = kNone;  // kNone: no wake-up pending; kept for its change only.
    std::uint32_t change = kNone;   // Its number among the changes not yet taken.
    std::uint32_t noticed = 0;      // The last round of notices that it is not owed.
    std::uint32_t next_free = kNone;
  };
  struct HeapItem {
    Instant at;
    std::uint32_t slot;
  };
  struct KeyView {
    OperatorName op;
    std::string_view key;
  };
  struct SlotHash {
    using is_transparent = void;
    const WakeUpTable* table;
    std::size_t operator()(std::uint32_t slot) const;
    std::size_t operator()(const KeyView& view) const;
  };
  struct SlotEqual {
    using is_transparent = void;
    const WakeUpTable* table;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(std::uint32_t slot, const KeyView& view) const;
    bool operator()(const KeyView& view, std::uint32_t slot) const { return (*this)(slot, view); }
  };
  using Shard = boost::unordered_flat_set<std::uint32_t, SlotHash, SlotEqual>;
  struct Change {
    std::uint32_t slot;
    std::optional<Instant> before;
  };

  static std::size_t hash(const KeyView& view);
  [[nodiscard]] Slot& slot_at(std::uint32_t slot) { return chunks_[slot / kChunk][slot % kChunk]; }
  [[nodiscard]] const Slot& slot_at(std::uint32_t slot) const {
    return chunks_[slot / kChunk][slot % kChunk];
  }
  [[nodiscard]] Shard& shard_of(const KeyView& view) { return shards_[hash(view) % kShards]; }
  [[nodiscard]] std::uint32_t find_slot(const KeyView& view) const;
  std::uint32_t take_slot(const KeyView& view);
  void release_slot(std::uint32_t slot);
  [[nodiscard]] std::optional<Instant> pending_at(const Slot& slot) const;
  void note_change(std::uint32_t slot);

  void heap_insert(std::uint32_t slot, Instant at);
  void heap_move(std::uint32_t at_index, Instant at);
  void heap_remove(std::uint32_t at_index);
  void sift_up(std::uint32_t index);
  void sift_down(std::uint32_t index);
  void place(std::uint32_t index, HeapItem item);

  std::vector<std::unique_ptr<Slot[]>> chunks_;
  std::uint32_t slots_used_ = 0;  // High-water mark of slot numbers.
  std::uint32_t free_ = kNone;
  std::vector<Shard> shards_;
  std::vector<HeapItem> heap_;
  std::vector<Change> changes_;
  std::uint32_t round_ = 0;
  std::uint32_t owed_cursor_ = kNone;  // kNone: no round of notices is under way.
};

}  // namespace carillon
