#include "adapters/embedded/sqlite/event_history.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "adapters/embedded/sqlite/event_chunk.h"
#include "adapters/embedded/sqlite/page_cursor.h"
#include "adapters/embedded/sqlite/view_queries.h"

namespace carillon {
namespace {

// Rows that are cut at one go, so that they need not all be in memory.
constexpr std::size_t kTrimRows = 1'000;

// Ascending, each version once, with the lowest position it came at.
void put_in_order(std::vector<TaskEventRef>& events) {
  const auto is_unordered = [](const auto& a, const auto& b) { return a.version >= b.version; };
  if (std::adjacent_find(events.begin(), events.end(), is_unordered) == events.end()) return;
  std::sort(events.begin(), events.end(), [](const auto& a, const auto& b) {
    return std::pair(a.version, a.position) < std::pair(b.version, b.position);
  });
  const auto is_same = [](const auto& a, const auto& b) { return a.version == b.version; };
  events.erase(std::unique(events.begin(), events.end(), is_same), events.end());
}

}  // namespace

Result<EventWriter> EventWriter::prepare(const SqliteConnection& connection) {
  EventWriter writer;
  const std::array<std::pair<SqliteStatement*, std::string_view>, 6> statements{{
      {&writer.insert_, "INSERT INTO task_events VALUES (?1, ?2, ?3, ?4, ?5)"},
      {&writer.select_up_to_,
       "SELECT first, entries FROM task_events WHERE task = ?1 AND first <= ?2 "
       "ORDER BY first DESC"},
      {&writer.select_older_,
       "SELECT task, first, entries FROM task_events WHERE oldest < ?1 LIMIT ?2"},
      {&writer.delete_row_, "DELETE FROM task_events WHERE task = ?1 AND first = ?2"},
      {&writer.delete_task_, "DELETE FROM task_events WHERE task = ?1"},
      {&writer.delete_older_, "DELETE FROM task_events WHERE oldest < ?1 AND newest < ?1"},
  }};
  for (const auto& [statement, sql] : statements) {
    auto prepared = connection.prepare(sql, SqliteConnection::Lifetime::kept);
    if (!prepared) return std::unexpected(std::move(prepared.error()));
    *statement = std::move(*prepared);
  }
  return writer;
}

Result<void> EventWriter::add(const TaskId& task, std::vector<TaskEventRef> events,
                              TaskVersion known) {
  put_in_order(events);
  if (events.empty()) return {};
  const BlobView key{task.value().raw()};
  if (events.front().version > known) return put(key, events);
  // Facts that come again, or after a restore from snapshots.
  return merge(key, std::move(events));
}

Result<void> EventWriter::forget(const TaskId& task) {
  delete_task_.bind_all(BlobView{task.value().raw()});
  return delete_task_.run();
}

Result<void> EventWriter::prune(Instant before) {
  delete_older_.bind_all(before);
  auto done = delete_older_.run();
  return done ? trim(before) : done;
}

Result<void> EventWriter::put(BlobView task, std::span<const TaskEventRef> events) {
  while (!events.empty()) {
    const auto chunk = events.first(std::min(events.size(), kChunkEvents));
    const auto [oldest, newest] = std::minmax_element(
        chunk.begin(), chunk.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    const Bytes entries = pack_events(chunk);
    insert_.bind_all(task, chunk.front().version.value(), oldest->at, newest->at,
                     BlobView{entries});
    if (auto done = insert_.run(); !done) return done;
    events = events.subspan(chunk.size());
  }
  return {};
}

// Reads the rows that the facts fall into, newest first, and writes them anew.
Result<void> EventWriter::merge(BlobView task, std::vector<TaskEventRef> events) {
  std::vector<std::int64_t> rows;
  std::vector<TaskEventRef> merged;
  select_up_to_.bind_all(task, events.back().version.value());
  while (true) {
    auto row = select_up_to_.step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) break;
    auto stored = unpack_events(select_up_to_.text(1));
    if (!stored) return std::unexpected(std::move(stored.error()));
    if (stored->empty() || stored->back().version < events.front().version) break;
    rows.push_back(select_up_to_.integer(0));
    merged.insert(merged.end(), stored->begin(), stored->end());
  }
  select_up_to_.reset();
  const std::size_t stored_count = merged.size();
  merged.insert(merged.end(), events.begin(), events.end());
  put_in_order(merged);
  if (merged.size() == stored_count) return {};
  for (const std::int64_t first : rows) {
    delete_row_.bind_all(task, first);
    if (auto done = delete_row_.run(); !done) return done;
  }
  return put(task, merged);
}

// Cuts the rows that are old in part only.
Result<void> EventWriter::trim(Instant before) {
  struct Row {
    std::string task;
    std::int64_t first = 0;
    std::vector<TaskEventRef> events;
  };
  std::vector<Row> rows;
  do {
    rows.clear();
    select_older_.bind_all(before, kTrimRows);
    while (true) {
      auto row = select_older_.step();
      if (!row) return std::unexpected(std::move(row.error()));
      if (!*row) break;
      auto events = unpack_events(select_older_.text(2));
      if (!events) return std::unexpected(std::move(events.error()));
      rows.push_back({.task = std::string(select_older_.text(0)),
                      .first = select_older_.integer(1),
                      .events = std::move(*events)});
    }
    for (Row& row : rows) {
      std::erase_if(row.events, [&](const TaskEventRef& event) { return event.at < before; });
      delete_row_.bind_all(BlobView{row.task}, row.first);
      auto done = delete_row_.run();
      if (done) done = put(BlobView{row.task}, row.events);
      if (!done) return done;
    }
  } while (rows.size() == kTrimRows);
  return {};
}

Result<Page<TaskEventRef>> read_events(const SqliteConnection& connection, const TaskId& task,
                                       const PageRequest& request) {
  std::optional<TaskVersion> below;
  if (!request.cursor.empty()) {
    auto cursor = read_cursor(request.cursor, Listing::events);
    if (!cursor) return std::unexpected(std::move(cursor.error()));
    below = TaskVersion{cursor->index};
  }
  auto statement = connection.prepare(
      below ? "SELECT entries FROM task_events WHERE task = ? AND first < ? ORDER BY first DESC"
            : "SELECT entries FROM task_events WHERE task = ? ORDER BY first DESC");
  if (!statement) return std::unexpected(std::move(statement.error()));
  statement->bind(BlobView{task.value().raw()});
  if (below) statement->bind(below->value());
  Page<TaskEventRef> page;
  const std::size_t size = page_size_of(request);
  while (true) {
    auto row = statement->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return page;
    auto events = unpack_events(statement->text(0));
    if (!events) return std::unexpected(std::move(events.error()));
    for (auto event = events->rbegin(); event != events->rend(); ++event) {
      if (below && event->version >= *below) continue;
      if (page.items.size() == size) {
        page.next_cursor = write_cursor({.listing = Listing::events,
                                         .text = {},
                                         .id = task.value(),
                                         .index = page.items.back().version.value()});
        return page;
      }
      page.items.push_back(*event);
    }
  }
}

}  // namespace carillon
