// The entries of a chunk of a waiting list, packed: 32 bytes each, big-endian ordinal, task id,
// big-endian fence. Pure. Packed, because appending to a chunk must not decode its neighbours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/wire.h"
#include "domain/id/ids.h"

namespace carillon::queue_dispatcher {

struct WaitingEntry {
  std::uint64_t ordinal = 0;  // Grows with arrival over all lists of the queue.
  TaskId task;
  Fence fence;

  friend bool operator==(const WaitingEntry&, const WaitingEntry&) = default;
};

inline constexpr std::size_t kWaitingEntryBytes = 32;

constexpr std::size_t entry_count(const Bytes& entries) {
  return entries.size() / kWaitingEntryBytes;
}

void append_entry(Bytes& entries, const WaitingEntry& entry);

// Requires  at < entry_count(entries)
WaitingEntry entry_at(const Bytes& entries, std::size_t at);
void remove_entry(Bytes& entries, std::size_t at);

// The position of the attempt's entry.
std::optional<std::size_t> find_entry(const Bytes& entries, const TaskId& task, Fence fence);

}  // namespace carillon::queue_dispatcher
