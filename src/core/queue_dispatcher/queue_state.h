// What a queue remembers, and where. Values; bytes: docs/formats/core-state.md.
//
// The header is read and written by every step, so it holds only counts, ends of lists and workers.
// Everything that grows with the number of attempts lies under a subkey of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "base/instant.h"
#include "base/result.h"
#include "base/wire.h"
#include "core/operator.h"
#include "domain/id/ids.h"
#include "domain/limits.h"
#include "domain/policy/policy_words.h"
#include "domain/record/task_messages.h"

namespace carillon::queue_dispatcher {

// The attempts of one lane and priority that wait for a place, first in first out. Its chunks are
// linked both ways; a list without entries is not stored.
struct WaitingList {
  Lane lane = Lane::cpu;
  std::uint32_t priority = 0;
  std::uint64_t head = 0;  // Chunk numbers.
  std::uint64_t tail = 0;
  std::uint32_t head_taken = 0;    // Entries of the head chunk that are granted already.
  std::uint64_t head_ordinal = 0;  // Of the first waiting entry.
  std::uint64_t count = 0;

  friend bool operator==(const WaitingList&, const WaitingList&) = default;
  static constexpr auto fields() {
    using L = WaitingList;
    return std::tuple{Field{1, "lane", &L::lane},
                      Field{2, "priority", &L::priority},
                      Field{3, "head", &L::head},
                      Field{4, "tail", &L::tail},
                      Field{5, "headTaken", &L::head_taken},
                      Field{6, "headOrdinal", &L::head_ordinal},
                      Field{7, "count", &L::count}};
  }
};

struct LanePlaces {
  Lane lane = Lane::cpu;
  std::uint32_t offered = 0;
  std::uint32_t used = 0;  // May exceed `offered` after the offer was lowered.

  friend bool operator==(const LanePlaces&, const LanePlaces&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "lane", &LanePlaces::lane},
                      Field{2, "offered", &LanePlaces::offered},
                      Field{3, "used", &LanePlaces::used}};
  }
};

// One process life of a worker. One that is gone stays as a row while its grants are being declared
// lost, and after that as the reason to refuse late offers of the same epoch.
struct WorkerRow {
  std::uint32_t index = 0;  // Part of the subkeys of its slots; unique within the header.
  WorkerName name;
  BootEpoch epoch;
  Claim claim = Claim::none;
  std::vector<LanePlaces> lanes;
  Bytes used_slots;  // One bit per slot, lowest first, without trailing zero bytes.
  bool gone = false;
  std::string lost_reason;

  friend bool operator==(const WorkerRow&, const WorkerRow&) = default;
  static constexpr auto fields() {
    using W = WorkerRow;
    return std::tuple{Field{1, "index", &W::index}, Field{2, "name", &W::name},
                      Field{3, "epoch", &W::epoch}, Field{4, "claim", &W::claim},
                      Field{5, "lanes", &W::lanes}, Field{6, "usedSlots", &W::used_slots},
                      Field{7, "gone", &W::gone},   Field{8, "lostReason", &W::lost_reason}};
  }
};

struct QueueHeader {
  static constexpr std::uint8_t kSchemaVersion = 1;

  bool opened = false;  // QueueOpened was told to the world.
  bool paused = false;
  std::optional<std::uint32_t> concurrency_max;
  std::uint64_t running = 0;       // Places in use, those of lost workers included.
  std::uint64_t last_ordinal = 0;  // Of the attempt that came last.
  std::uint64_t last_chunk = 0;
  std::vector<WaitingList> lists;  // Sorted by lane, then priority.
  std::vector<WorkerRow> workers;  // Sorted by index.
  std::optional<Instant> wake;     // The wake-up that is pending, if any.

  friend bool operator==(const QueueHeader&, const QueueHeader&) = default;
  static constexpr auto fields() {
    using H = QueueHeader;
    return std::tuple{Field{1, "opened", &H::opened},
                      Field{2, "paused", &H::paused},
                      Field{3, "concurrencyMax", &H::concurrency_max},
                      Field{4, "running", &H::running},
                      Field{5, "lastOrdinal", &H::last_ordinal},
                      Field{6, "lastChunk", &H::last_chunk},
                      Field{7, "lists", &H::lists},
                      Field{8, "workers", &H::workers},
                      Field{9, "wake", &H::wake}};
  }
};

// A part of a waiting list. `previous` of the head chunk has no meaning: popping does not rewrite
// the chunk that becomes the head.
struct WaitingChunk {
  static constexpr std::uint8_t kSchemaVersion = 1;

  std::uint64_t previous = 0;
  std::uint64_t next = 0;
  Bytes entries;  // waiting_entries.h

  static constexpr auto fields() {
    return std::tuple{Field{1, "previous", &WaitingChunk::previous},
                      Field{2, "next", &WaitingChunk::next},
                      Field{3, "entries", &WaitingChunk::entries}};
  }
};

// The attempt that uses a slot of a worker. A free slot is not stored.
struct UsedSlot {
  static constexpr std::uint8_t kSchemaVersion = 1;

  TaskId task;
  Fence fence;

  static constexpr auto fields() {
    return std::tuple{Field{1, "task", &UsedSlot::task}, Field{2, "fence", &UsedSlot::fence}};
  }
};

struct WaitingPlace {
  Lane lane = Lane::cpu;
  std::uint32_t priority = 0;
  std::uint64_t chunk = 0;

  friend bool operator==(const WaitingPlace&, const WaitingPlace&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "lane", &WaitingPlace::lane},
                      Field{2, "priority", &WaitingPlace::priority},
                      Field{3, "chunk", &WaitingPlace::chunk}};
  }
};

struct GrantedPlace {
  std::uint32_t worker = 0;  // WorkerRow::index
  std::uint32_t slot = 0;
  Lane lane = Lane::cpu;

  friend bool operator==(const GrantedPlace&, const GrantedPlace&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "worker", &GrantedPlace::worker},
                      Field{2, "slot", &GrantedPlace::slot}, Field{3, "lane", &GrantedPlace::lane}};
  }
};

// Where an attempt is: exactly one of the two places is set.
struct AttemptPlace {
  Fence fence;
  std::optional<WaitingPlace> waiting;
  std::optional<GrantedPlace> granted;

  friend bool operator==(const AttemptPlace&, const AttemptPlace&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "fence", &AttemptPlace::fence},
                      Field{2, "waiting", &AttemptPlace::waiting},
                      Field{3, "granted", &AttemptPlace::granted}};
  }
};

// What the queue knows of one task. It stays when no attempt is left, for the sake of last_fence.
struct TaskEntry {
  TaskId task;
  Fence last_fence;  // RunReady with this fence or a smaller one was seen before.
  std::vector<AttemptPlace> attempts;

  friend bool operator==(const TaskEntry&, const TaskEntry&) = default;
  static constexpr auto fields() {
    return std::tuple{Field{1, "task", &TaskEntry::task},
                      Field{2, "lastFence", &TaskEntry::last_fence},
                      Field{3, "attempts", &TaskEntry::attempts}};
  }

  AttemptPlace* find(Fence fence);
  void erase(Fence fence);
};

// The tasks whose ids share a subkey: nearly always one.
struct TaskBucket {
  static constexpr std::uint8_t kSchemaVersion = 1;

  std::vector<TaskEntry> tasks;

  static constexpr auto fields() { return std::tuple{Field{1, "tasks", &TaskBucket::tasks}}; }

  TaskEntry* find(const TaskId& task);
  TaskEntry& find_or_add(const TaskId& task);
  void erase(const TaskId& task);
};

inline constexpr Subkey kHeaderSubkey = 0;
Subkey chunk_subkey(std::uint64_t chunk);
Subkey slot_subkey(std::uint32_t worker, std::uint32_t slot);
Subkey task_subkey(const TaskId& task);

Result<TaskBucket> load_bucket(Context& context, const TaskId& task);
void store_bucket(Context& context, const TaskId& task, const TaskBucket& bucket);

// The queue of one step: its header is looked up once, passed on, and stored once at the end.
struct OpenQueue {
  Context& context;
  QueueHeader header;
  int moves_left = 0;  // Grants and losses that this step may still send.
};

}  // namespace carillon::queue_dispatcher
