#include "core/queue_dispatcher/waiting_lists.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/keyed_state.h"
#include "domain/limits.h"

namespace carillon::queue_dispatcher {
namespace {

std::vector<WaitingList>::iterator row_of(QueueHeader& header, Lane lane, std::uint32_t priority) {
  const auto wanted = std::tuple(lane, priority);
  return std::ranges::lower_bound(header.lists, wanted, {}, [](const WaitingList& list) {
    return std::tuple(list.lane, list.priority);
  });
}

bool is_row(const QueueHeader& header, std::vector<WaitingList>::const_iterator row, Lane lane,
            std::uint32_t priority) {
  return row != header.lists.end() && row->lane == lane && row->priority == priority;
}

Result<WaitingChunk> load_chunk(Context& context, std::uint64_t number) {
  auto chunk = load_state<WaitingChunk>(context, chunk_subkey(number));
  if (!chunk) return fail(std::move(chunk.error()));
  if (!*chunk) return fail(ErrorCode::corrupt, "A chunk of a waiting list is missing.");
  return std::move(**chunk);
}

Result<void> set_previous(Context& context, std::uint64_t number, std::uint64_t previous) {
  auto chunk = load_chunk(context, number);
  if (!chunk) return fail(std::move(chunk.error()));
  chunk->previous = previous;
  store_state(context, chunk_subkey(number), *chunk);
  return {};
}

Result<void> set_next(Context& context, std::uint64_t number, std::uint64_t next) {
  auto chunk = load_chunk(context, number);
  if (!chunk) return fail(std::move(chunk.error()));
  chunk->next = next;
  store_state(context, chunk_subkey(number), *chunk);
  return {};
}

// Makes the chunk after the emptied head the new head.
Result<void> drop_head(Context& context, WaitingList& list, const WaitingChunk& head) {
  context.erase(chunk_subkey(list.head));
  list.head = head.next;
  list.head_taken = 0;
  if (list.head == 0) return {};  // The row goes with its last entry.
  const auto next = load_chunk(context, list.head);
  if (!next) return fail(next.error());
  if (next->entries.empty()) return fail(ErrorCode::corrupt, "A waiting list has an empty chunk.");
  list.head_ordinal = entry_at(next->entries, 0).ordinal;
  return {};
}

// Takes an emptied chunk that is not the head out of its list.
Result<void> unlink(Context& context, WaitingList& list, std::uint64_t number,
                    const WaitingChunk& chunk) {
  context.erase(chunk_subkey(number));
  if (auto linked = set_next(context, chunk.previous, chunk.next); !linked) return linked;
  if (chunk.next != 0) return set_previous(context, chunk.next, chunk.previous);
  list.tail = chunk.previous;
  return {};
}

void drop_row_if_empty(QueueHeader& header, Lane lane, std::uint32_t priority) {
  const auto row = row_of(header, lane, priority);
  if (is_row(header, row, lane, priority) && row->count == 0) header.lists.erase(row);
}

// Appends to the tail chunk; false when it is full.
Result<bool> append_to_tail(Context& context, const WaitingList& list, const WaitingEntry& entry) {
  auto tail = load_chunk(context, list.tail);
  if (!tail) return fail(std::move(tail.error()));
  if (entry_count(tail->entries) >= limits::kChunkEntries) return false;
  append_entry(tail->entries, entry);
  store_state(context, chunk_subkey(list.tail), *tail);
  return true;
}

Result<void> append_chunk(OpenQueue& queue, WaitingList& list, const WaitingEntry& entry) {
  const std::uint64_t number = ++queue.header.last_chunk;
  WaitingChunk chunk{.previous = list.tail};
  append_entry(chunk.entries, entry);
  store_state(queue.context, chunk_subkey(number), chunk);
  if (list.tail != 0) {
    if (auto linked = set_next(queue.context, list.tail, number); !linked) return linked;
  } else {
    list.head = number;
    list.head_ordinal = entry.ordinal;
  }
  list.tail = number;
  return {};
}

}  // namespace

Result<WaitingPlace> append_waiting(OpenQueue& queue, const RunReady& ready) {
  auto row = row_of(queue.header, ready.lane, ready.priority);
  if (!is_row(queue.header, row, ready.lane, ready.priority)) {
    row =
        queue.header.lists.insert(row, WaitingList{.lane = ready.lane, .priority = ready.priority});
  }
  const WaitingEntry entry{
      .ordinal = ++queue.header.last_ordinal, .task = ready.task, .fence = ready.fence};
  Result<bool> appended = false;
  if (row->tail != 0) appended = append_to_tail(queue.context, *row, entry);
  if (!appended) return fail(std::move(appended.error()));
  if (!*appended) {
    if (auto added = append_chunk(queue, *row, entry); !added) return fail(added.error());
  }
  ++row->count;
  return WaitingPlace{.lane = ready.lane, .priority = ready.priority, .chunk = row->tail};
}

Result<WaitingEntry> take_first(OpenQueue& queue, const WaitingList& list) {
  const auto row = row_of(queue.header, list.lane, list.priority);
  const auto chunk = load_chunk(queue.context, row->head);
  if (!chunk) return fail(chunk.error());
  if (row->head_taken >= entry_count(chunk->entries)) {
    return fail(ErrorCode::corrupt, "A waiting list ends before its count does.");
  }
  const WaitingEntry first = entry_at(chunk->entries, row->head_taken);
  --row->count;
  ++row->head_taken;
  if (row->head_taken == entry_count(chunk->entries)) {
    if (auto dropped = drop_head(queue.context, *row, *chunk); !dropped) {
      return fail(dropped.error());
    }
  } else {
    row->head_ordinal = entry_at(chunk->entries, row->head_taken).ordinal;
  }
  drop_row_if_empty(queue.header, row->lane, row->priority);
  return first;
}

Result<void> remove_waiting(OpenQueue& queue, const WaitingPlace& place, const TaskId& task,
                            Fence fence) {
  const auto row = row_of(queue.header, place.lane, place.priority);
  if (!is_row(queue.header, row, place.lane, place.priority)) {
    return fail(ErrorCode::corrupt, "An attempt waits in a list that does not exist.");
  }
  auto chunk = load_chunk(queue.context, place.chunk);
  if (!chunk) return fail(std::move(chunk.error()));
  const bool is_head = place.chunk == row->head;
  if (is_head) {
    chunk->entries.erase(0, row->head_taken * kWaitingEntryBytes);
    row->head_taken = 0;
  }
  const auto at = find_entry(chunk->entries, task, fence);
  if (!at) return fail(ErrorCode::corrupt, "A waiting attempt is not where its place says.");
  remove_entry(chunk->entries, *at);
  --row->count;
  if (chunk->entries.empty()) {
    auto removed = is_head ? drop_head(queue.context, *row, *chunk)
                           : unlink(queue.context, *row, place.chunk, *chunk);
    if (!removed) return removed;
  } else {
    store_state(queue.context, chunk_subkey(place.chunk), *chunk);
    if (is_head) row->head_ordinal = entry_at(chunk->entries, 0).ordinal;
  }
  drop_row_if_empty(queue.header, place.lane, place.priority);
  return {};
}

}  // namespace carillon::queue_dispatcher
