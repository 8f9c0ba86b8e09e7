// The operators' state as the engine sees it: committed values, bounded, under the changes that are
// not committed yet. One thread.
//
// One table instead of a cache with overlays on top: an entry that a batch has changed is pinned
// until that batch is committed, so a look-up is one probe however many batches are under way. When
// a commit fails everything is dropped and read again from the store, which alone knows the truth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "base/result.h"
#include "base/wire.h"
#include "ports/engine_store.h"

namespace carillon {

struct StateKeyView {
  OperatorName op;
  std::string_view key;
  std::uint64_t subkey;
};

class StateTable {
 public:
  // Keeps clean values up to about that many bytes; pinned ones are as many as batches need.
  StateTable(const EngineStore& store, std::size_t clean_bytes_max);
  StateTable(const StateTable&) = delete;
  StateTable& operator=(const StateTable&) = delete;
  ~StateTable();

  // The value as the steps so far left it; null when there is none. Valid until the next change.
  //
  // Errors  corrupt, io_failed  the store could not be read
  Result<const Bytes*> get(const StateKeyView& key);

  // Changes a value within the current step; none erases.
  void put(const StateKeyView& key, std::optional<Bytes> value);

  // Ends a step: its changes belong to the open batch, or are as if they never were.
  void keep_step() { undo_.clear(); }
  void undo_step();

  // Closes the open batch and opens the next: every entry it has changed, in the order of the first
  // change. The changes stay pinned until commit_oldest.
  [[nodiscard]] std::vector<StateChange> seal();

  // The oldest sealed batch is durable: what no later batch changed is clean.
  void commit_oldest();

  void clear();

  [[nodiscard]] std::size_t entries() const { return index_.size(); }
  [[nodiscard]] std::size_t clean_bytes() const { return clean_bytes_; }

 private:
  struct Entry {
    StateKey key;
    std::optional<Bytes> value;
    std::uint64_t batch = 0;  // The last batch that changed it; 0 when it is clean.
    Entry* newer = nullptr;   // Neighbours in the list of clean entries.
    Entry* older = nullptr;
  };
  struct Undo {
    Entry* entry;
    std::optional<Bytes> value;
    std::uint64_t batch;
  };
  struct EntryHash {
    using is_transparent = void;
    std::size_t operator()(const Entry* entry) const;
    std::size_t operator()(const StateKeyView& key) const;
  };
  struct EntryEqual {
    using is_transparent = void;
    bool operator()(const Entry* a, const Entry* b) const { return a == b; }
    bool operator()(const Entry* entry, const StateKeyView& key) const;
    bool operator()(const StateKeyView& key, const Entry* entry) const {
      return (*this)(entry, key);
    }
  };

  static std::size_t bytes_of(const Entry& entry);
  Entry* find(const StateKeyView& key) const;
  Entry* add(const StateKeyView& key, std::optional<Bytes> value);
  void remove(Entry* entry);
  void link_clean(Entry* entry);
  void unlink_clean(Entry* entry);
  void evict();

  const EngineStore& store_;
  const std::size_t clean_bytes_max_;
  std::size_t clean_bytes_ = 0;
  boost::unordered_flat_set<Entry*, EntryHash, EntryEqual> index_;
  Entry* newest_ = nullptr;
  Entry* oldest_ = nullptr;
  std::uint64_t open_batch_ = 1;
  std::vector<Entry*> changed_;             // By the open batch, each once.
  std::deque<std::vector<Entry*>> sealed_;  // By each sealed batch, oldest first.
  std::vector<Undo> undo_;
};

}  // namespace carillon
