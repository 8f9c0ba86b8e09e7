#include "adapters/embedded/sqlite/sqlite_task_repository.h"

#include <array>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "adapters/embedded/sqlite/view_queries.h"
#include "adapters/embedded/sqlite/view_statistics_sql.h"
#include "base/wire.h"
#include "domain/words.h"

namespace carillon {
namespace {

std::string_view warning_about(ViewFileState found) {
  switch (found) {
    case ViewFileState::fresh:
    case ViewFileState::kept:
      return {};
    case ViewFileState::other_version:
      return "The views were written by another version; they are rebuilt, and lists are "
             "incomplete until that is done.";
    case ViewFileState::damaged:
      return "The views were damaged; the old file is kept beside the new one, and lists are "
             "incomplete until they are rebuilt.";
  }
  std::unreachable();
}

// How the rows of a list become items, and how a page goes on after an item.
template <class Item>
struct RowReader {
  std::function<Result<Item>(const SqliteStatement&)> read;
  std::function<PageCursor(const Item&, const SqliteStatement&)> cursor_after;
};

// Runs a list statement and reads its page: at most `size` rows; one more means a next page, whose
// cursor names the last row taken.
template <class Item>
Result<Page<Item>> read_page(const SqliteConnection& connection, const ListStatement& list,
                             std::size_t size, const RowReader<Item>& rows) {
  auto statement = connection.prepare(list.sql);
  if (!statement) return std::unexpected(std::move(statement.error()));
  for (const SqlValue& value : list.values) statement->bind(value);
  Page<Item> page;
  std::string cursor;
  while (true) {
    auto row = statement->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return page;
    if (page.items.size() == size) {
      page.next_cursor = std::move(cursor);
      return page;
    }
    auto item = rows.read(*statement);
    if (!item) return std::unexpected(std::move(item.error()));
    if (page.items.size() + 1 == size) cursor = write_cursor(rows.cursor_after(*item, *statement));
    page.items.push_back(std::move(*item));
  }
}

Result<Page<TaskSnapshot>> read_tasks(const SqliteConnection& connection, const TaskQuery& query,
                                      Reach reach) {
  auto list = task_list_statement(query, reach);
  if (!list) return std::unexpected(std::move(list.error()));
  // The order value stands behind the columns of the task.
  constexpr int kOrderColumn = 6;
  return read_page<TaskSnapshot>(
      connection, *list, page_size_of(query.page),
      {read_task, [&](const TaskSnapshot& task, const SqliteStatement& row) {
         PageCursor cursor{.listing = listing_of(query.order), .text = {}, .id = task.id.value()};
         if (query.order == TaskOrder::name_asc) {
           cursor.text = row.text(kOrderColumn);
         } else {
           cursor.number = row.integer(kOrderColumn);
         }
         return cursor;
       }});
}

SqlBlob key_of(const TaskId& id) { return SqlBlob{std::string(id.value().raw())}; }

Result<TaskCounts> read_counts(const SqliteConnection& connection) {
  TaskCounts counts;
  for (const auto& [status, word] : Words<TaskStatus>::rows) {
    counts.by_status.emplace_back(status, 0);
  }
  auto statement = connection.prepare(
      "SELECT status, count(*) FROM tasks WHERE deleted = 0 AND parent IS NULL GROUP BY status");
  if (!statement) return std::unexpected(std::move(statement.error()));
  while (true) {
    auto row = statement->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return counts;
    const auto place = static_cast<std::size_t>(statement->integer(0));
    if (place >= counts.by_status.size()) continue;
    counts.by_status[place].second = static_cast<std::uint64_t>(statement->integer(1));
  }
}

// The newest run that need not be kept is the one behind the kept ones.
constexpr std::string_view kPruneRuns =
    "DELETE FROM runs WHERE ended_at < ?1 AND number <= (SELECT kept.number FROM runs AS kept "
    "WHERE kept.task = runs.task ORDER BY kept.number DESC LIMIT 1 OFFSET ?2)";
constexpr std::string_view kPruneRunsOfDeleted =
    "DELETE FROM runs WHERE ended_at < ?1 AND task IN (SELECT uuid FROM tasks WHERE deleted <> 0)";
// Tasks deleted long enough ago go with their last run, and take what is left of them along.
constexpr std::array<std::string_view, 4> kPruneRest{
    "DELETE FROM slots WHERE settled_at < ?1",
    "DELETE FROM slots WHERE task IN (SELECT uuid FROM tasks WHERE deleted <> 0 AND deleted < ?1 "
    "AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.task = tasks.uuid))",
    "DELETE FROM task_events WHERE task IN (SELECT uuid FROM tasks WHERE deleted <> 0 AND "
    "deleted < ?1 AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.task = tasks.uuid))",
    "DELETE FROM tasks WHERE deleted <> 0 AND deleted < ?1 AND NOT EXISTS "
    "(SELECT 1 FROM runs WHERE runs.task = tasks.uuid)"};

template <class... Values>
Result<std::uint64_t> delete_rows(SqliteConnection& connection, std::string_view sql,
                                  const Values&... values) {
  auto statement = connection.prepare(sql);
  if (!statement) return std::unexpected(std::move(statement.error()));
  statement->bind_all(values...);
  if (auto done = statement->run(); !done) return std::unexpected(std::move(done.error()));
  return connection.changes();
}

Result<std::uint64_t> prune(SqliteConnection& connection, EventWriter& events, Instant before,
                            std::uint32_t keep) {
  auto transaction = SqliteTransaction::begin(connection);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  auto runs = delete_rows(connection, kPruneRuns, before, keep);
  if (!runs) return runs;
  auto runs_of_deleted = delete_rows(connection, kPruneRunsOfDeleted, before);
  if (!runs_of_deleted) return runs_of_deleted;
  auto pruned = events.prune(before);
  if (!pruned) return std::unexpected(std::move(pruned.error()));
  for (const std::string_view sql : kPruneRest) {
    auto rest = delete_rows(connection, sql, before);
    if (!rest) return rest;
  }
  auto committed = transaction->commit();
  if (!committed) return std::unexpected(std::move(committed.error()));
  return *runs + *runs_of_deleted;
}

}  // namespace

Result<SqliteTaskRepository::Opened> SqliteTaskRepository::open(const std::string& path) {
  auto database = ViewDatabase::open(path);
  if (!database) return std::unexpected(std::move(database.error()));
  Opened opened{.repository = nullptr,
                .found = database->found,
                .warning = std::string(warning_about(database->found))};
  opened.repository.reset(new SqliteTaskRepository(std::move(database->database)));
  auto ready = opened.repository->database_->noted(opened.repository->prepare_writer());
  if (!ready && ready.error().code == ErrorCode::corrupt) {
    opened.found = ViewFileState::damaged;
    opened.warning = warning_about(opened.found);
    ready = opened.repository->rebuild();
  }
  if (!ready) return std::unexpected(std::move(ready.error()));
  return opened;
}

SqliteTaskRepository::~SqliteTaskRepository() = default;

Result<void> SqliteTaskRepository::prepare_writer() {
  auto writer = FactWriter::prepare(database_->writer());
  if (!writer) return std::unexpected(std::move(writer.error()));
  writer_ = std::move(*writer);
  database_->writer().on_progress(on_progress_);
  if (auto loaded = search_.load(database_->writer()); !loaded) return loaded;
  auto position =
      database_->writer().query_integer("SELECT value FROM meta WHERE name = 'position'");
  if (!position) return std::unexpected(std::move(position.error()));
  applied_ = static_cast<std::uint64_t>(position->value_or(0));
  return {};
}

JournalPosition SqliteTaskRepository::applied() const { return JournalPosition{applied_}; }

Result<void> SqliteTaskRepository::apply(std::span<const FactRecord> facts) {
  const std::scoped_lock lock(write_mutex_);
  return database_->noted(write([&](FactFold& fold) -> Result<JournalPosition> {
    JournalPosition last = applied();
    for (const FactRecord& fact : facts) {
      if (fact.topic != Topic::task_events || fact.position <= last) continue;
      if (auto added = fold.add(fact); !added) return std::unexpected(std::move(added.error()));
      last = fact.position;
    }
    return last;
  }));
}

Result<void> SqliteTaskRepository::restore(std::span<const TaskSnapshot> tasks) {
  const std::scoped_lock lock(write_mutex_);
  return database_->noted(write([&](FactFold& fold) -> Result<JournalPosition> {
    for (const TaskSnapshot& task : tasks) {
      if (auto added = fold.add(task); !added) return std::unexpected(std::move(added.error()));
    }
    return applied();
  }));
}

Result<void> SqliteTaskRepository::write(
    const std::function<Result<JournalPosition>(FactFold&)>& fill) {
  auto transaction = SqliteTransaction::begin(database_->writer());
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  FactFold fold([this](const TaskId& id) { return writer_.stored(id); });
  auto position = fill(fold);
  if (!position) return std::unexpected(std::move(position.error()));
  auto written = write_fold(fold, *position);
  if (written) written = transaction->commit();
  if (written) applied_ = position->value();
  return written;
}

Result<void> SqliteTaskRepository::write_fold(FactFold& fold, JournalPosition position) {
  for (FoldedTask& task : fold.tasks()) {
    if (auto written = writer_.write(task, search_); !written) return written;
  }
  if (fold.unreadable() > 0) {
    if (auto counted = writer_.add_unreadable(fold.unreadable()); !counted) return counted;
  }
  return writer_.write_position(position);
}

Backlog SqliteTaskRepository::backlog() const { return search_.backlog(); }

Result<void> SqliteTaskRepository::work_on_backlog() {
  const std::scoped_lock lock(write_mutex_);
  return database_->noted(search_.index_piece(database_->writer()));
}

void SqliteTaskRepository::on_progress(std::function<void()> called) {
  const std::scoped_lock lock(write_mutex_);
  on_progress_ = std::move(called);
  database_->writer().on_progress(on_progress_);
}

Result<void> SqliteTaskRepository::rebuild() {
  const std::scoped_lock lock(write_mutex_);
  writer_ = FactWriter();
  applied_ = 0;
  if (auto replaced = database_->replace(); !replaced) return replaced;
  return prepare_writer();
}

Result<Page<TaskSnapshot>> SqliteTaskRepository::list_tasks(const TaskQuery& query) const {
  const auto reader = database_->reader();
  if (has_near_list(query)) {
    auto near = database_->noted(read_tasks(*reader, query, Reach::near));
    // A page with another behind it is the right one, wherever its tasks were found.
    if (!near || !near->next_cursor.empty()) return near;
  }
  return database_->noted(read_tasks(*reader, query, Reach::all));
}

Result<Page<RunListItem>> SqliteTaskRepository::list_runs(const RunQuery& query) const {
  auto list = run_list_statement(query);
  if (!list) return std::unexpected(std::move(list.error()));
  const auto reader = database_->reader();
  return database_->noted(read_page<RunListItem>(
      *reader, *list, page_size_of(query.page),
      {read_run, [&](const RunListItem& item, const SqliteStatement&) {
         return PageCursor{.listing = query.task ? Listing::runs_of_task : Listing::runs,
                           .number = item.run.created_at.unix_ms(),
                           .text = {},
                           .id = item.run.id.task.value(),
                           .index = item.run.id.number};
       }}));
}

Result<std::optional<RunListItem>> SqliteTaskRepository::find_run(const RunId& run) const {
  const ListStatement list{
      .sql = fmt::format("SELECT {} FROM runs LEFT JOIN tasks ON tasks.uuid = runs.task "
                         "WHERE runs.task = ? AND runs.number = ?",
                         kRunColumns),
      .values = {key_of(run.task), static_cast<std::int64_t>(run.number)}};
  const auto reader = database_->reader();
  auto page = database_->noted(read_page<RunListItem>(
      *reader, list, 1,
      {read_run, [](const RunListItem&, const SqliteStatement&) { return PageCursor{}; }}));
  if (!page) return std::unexpected(std::move(page.error()));
  if (page->items.empty()) return std::optional<RunListItem>{};
  return std::optional{std::move(page->items.front())};
}

Result<Page<TaskEventRef>> SqliteTaskRepository::list_task_events(const TaskId& task,
                                                                  const PageRequest& page) const {
  const auto reader = database_->reader();
  return database_->noted(read_events(*reader, task, page));
}

Result<Page<SlotRow>> SqliteTaskRepository::list_slots(const TaskId& task,
                                                       const PageRequest& page) const {
  ListStatement list{.sql = "SELECT row FROM slots WHERE task = ?", .values = {key_of(task)}};
  if (!page.cursor.empty()) {
    auto cursor = read_cursor(page.cursor, Listing::slots);
    if (!cursor) return std::unexpected(std::move(cursor.error()));
    list.sql += " AND (nominal, kind, series) < (?, ?, ?)";
    list.values.emplace_back(cursor->number);
    list.values.emplace_back(static_cast<std::int64_t>(cursor->index >> 32));
    list.values.emplace_back(static_cast<std::int64_t>(cursor->index & 0xffff'ffff));
  }
  list.sql += " ORDER BY nominal DESC, kind DESC, series DESC LIMIT ?";
  list.values.emplace_back(static_cast<std::int64_t>(page_size_of(page) + 1));
  const auto reader = database_->reader();
  return database_->noted(read_page<SlotRow>(
      *reader, list, page_size_of(page),
      {[](const SqliteStatement& row) { return from_wire<SlotRow>(row.text(0)); },
       [&](const SlotRow& slot, const SqliteStatement&) {
         return PageCursor{
             .listing = Listing::slots,
             .number = slot.id.nominal.unix_ms(),
             .text = {},
             .id = task.value(),
             .index = (static_cast<std::uint64_t>(slot.id.kind) << 32) | slot.id.series};
       }}));
}

Result<TaskCounts> SqliteTaskRepository::count_tasks() const {
  const auto reader = database_->reader();
  return database_->noted(read_counts(*reader));
}

Result<std::uint64_t> SqliteTaskRepository::prune_history(Instant before,
                                                          std::uint32_t keep_per_task) {
  const std::scoped_lock lock(write_mutex_);
  return database_->noted(prune(database_->writer(), writer_.events(), before, keep_per_task));
}

Result<ViewStatistics> SqliteTaskRepository::run_statistics(Instant from, Instant to) const {
  const auto reader = database_->reader();
  return database_->noted(read_run_statistics(*reader, from, to));
}

Result<std::uint64_t> SqliteTaskRepository::unreadable_facts() const {
  const auto reader = database_->reader();
  auto count =
      database_->noted(reader->query_integer("SELECT value FROM meta WHERE name = 'unreadable'"));
  if (!count) return std::unexpected(std::move(count.error()));
  return static_cast<std::uint64_t>(count->value_or(0));
}

}  // namespace carillon
