#include "core/queue_dispatcher/worker_places.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"

namespace carillon::queue_dispatcher {
namespace {

constexpr std::uint32_t kBitsPerByte = 8;

std::uint8_t byte_at(const Bytes& bits, std::size_t at) {
  return static_cast<std::uint8_t>(bits[at]);
}

std::uint32_t lowest_free_slot(const Bytes& bits) {
  for (std::uint32_t at = 0; at < bits.size(); ++at) {
    const int used = std::countr_one(byte_at(bits, at));
    if (used < 8) return at * kBitsPerByte + static_cast<std::uint32_t>(used);
  }
  return static_cast<std::uint32_t>(bits.size()) * kBitsPerByte;
}

void set_bit(Bytes& bits, std::uint32_t slot) {
  const std::size_t at = slot / kBitsPerByte;
  if (at >= bits.size()) bits.resize(at + 1, '\0');
  bits[at] = static_cast<char>(byte_at(bits, at) | (1U << (slot % kBitsPerByte)));
}

void clear_bit(Bytes& bits, std::uint32_t slot) {
  const std::size_t at = slot / kBitsPerByte;
  bits[at] = static_cast<char>(byte_at(bits, at) & ~(1U << (slot % kBitsPerByte)));
  while (!bits.empty() && bits.back() == '\0') bits.pop_back();
}

std::uint64_t count_bits(const Bytes& bits) {
  std::uint64_t count = 0;
  for (std::size_t at = 0; at < bits.size(); ++at) {
    count += static_cast<std::uint64_t>(std::popcount(byte_at(bits, at)));
  }
  return count;
}

LanePlaces* places_in(WorkerRow& worker, Lane lane) {
  const auto found = std::ranges::find(worker.lanes, lane, &LanePlaces::lane);
  return found == worker.lanes.end() ? nullptr : &*found;
}

std::uint32_t free_places(WorkerRow& worker, Lane lane) {
  const LanePlaces* places = worker.gone ? nullptr : places_in(worker, lane);
  if (places == nullptr || places->used >= places->offered) return 0;
  return places->offered - places->used;
}

bool comes_before(const WaitingList& a, const WaitingList& b) {
  if (a.priority != b.priority) return a.priority > b.priority;
  return a.head_ordinal < b.head_ordinal;
}

}  // namespace

bool may_run_one_more(const QueueHeader& header) {
  if (header.paused) return false;
  return !header.concurrency_max || header.running < *header.concurrency_max;
}

WorkerRow* freest_worker(QueueHeader& header, Lane lane) {
  WorkerRow* freest = nullptr;
  std::uint32_t most = 0;
  for (WorkerRow& worker : header.workers) {
    const std::uint32_t free = free_places(worker, lane);
    if (free <= most) continue;
    most = free;
    freest = &worker;
  }
  return freest;
}

const WaitingList* next_list(QueueHeader& header) {
  if (!may_run_one_more(header)) return nullptr;
  const WaitingList* next = nullptr;
  for (const WaitingList& list : header.lists) {
    if (next != nullptr && !comes_before(list, *next)) continue;
    if (freest_worker(header, list.lane) != nullptr) next = &list;
  }
  return next;
}

WorkerRow* worker_at(QueueHeader& header, std::uint32_t index) {
  const auto found = std::ranges::find(header.workers, index, &WorkerRow::index);
  return found == header.workers.end() ? nullptr : &*found;
}

GrantedPlace use_place(QueueHeader& header, WorkerRow& worker, Lane lane) {
  CARILLON_CHECK(free_places(worker, lane) > 0);
  const std::uint32_t slot = lowest_free_slot(worker.used_slots);
  set_bit(worker.used_slots, slot);
  ++places_in(worker, lane)->used;
  ++header.running;
  return {.worker = worker.index, .slot = slot, .lane = lane};
}

void free_place(QueueHeader& header, WorkerRow& worker, const GrantedPlace& place) {
  CARILLON_CHECK(uses_slot(worker, place.slot));
  clear_bit(worker.used_slots, place.slot);
  LanePlaces* places = places_in(worker, place.lane);
  CARILLON_CHECK(places != nullptr && places->used > 0);
  --places->used;
  if (places->used == 0 && (places->offered == 0 || worker.gone)) {
    std::erase_if(worker.lanes, [&](const LanePlaces& row) { return row.lane == place.lane; });
  }
  CARILLON_CHECK(header.running > 0);
  --header.running;
}

bool uses_slot(const WorkerRow& worker, std::uint32_t slot) {
  const std::size_t at = slot / kBitsPerByte;
  return at < worker.used_slots.size() &&
         (byte_at(worker.used_slots, at) & (1U << (slot % kBitsPerByte))) != 0;
}

std::uint32_t lowest_used_slot(const WorkerRow& worker) {
  for (std::uint32_t at = 0; at < worker.used_slots.size(); ++at) {
    const std::uint8_t byte = byte_at(worker.used_slots, at);
    if (byte != 0) return at * kBitsPerByte + static_cast<std::uint32_t>(std::countr_zero(byte));
  }
  check_failed("lowest_used_slot", __FILE__, __LINE__, "the worker uses no slot");
}

bool counts_agree(const QueueHeader& header) {
  std::uint64_t running = 0;
  for (const WorkerRow& worker : header.workers) {
    std::uint64_t used = 0;
    for (const LanePlaces& places : worker.lanes) used += places.used;
    if (used != count_bits(worker.used_slots)) return false;
    running += used;
  }
  return running == header.running;
}

}  // namespace carillon::queue_dispatcher
