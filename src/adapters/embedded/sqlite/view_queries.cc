#include "adapters/embedded/sqlite/view_queries.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "adapters/embedded/sqlite/search/filter_sql.h"
#include "adapters/embedded/sqlite/view_schema.h"
#include "base/wire.h"
#include "domain/words.h"

namespace carillon {
namespace {

constexpr std::size_t kPageSizeMax = 1000;

// How an order is written in SQL.
struct OrderSql {
  std::string_view column;
  std::string_view direction;
  std::string_view beyond;  // Compares what comes after the cursor with it.
};

OrderSql order_sql(TaskOrder order) {
  switch (order) {
    case TaskOrder::created_desc:
      return {"created_at", "DESC", "<"};
    case TaskOrder::created_asc:
      return {"created_at", "ASC", ">"};
    case TaskOrder::updated_desc:
      return {"updated_at", "DESC", "<"};
    case TaskOrder::name_asc:
      return {"name", "ASC", ">"};
    case TaskOrder::next_execution_asc:
      return {"next_at", "ASC", ">"};
  }
  std::unreachable();
}

SqlBlob blob_of(const Uuid& id) { return SqlBlob{std::string(id.raw())}; }

// What lies behind the cursor of a list of tasks; everything without one.
Result<SqlCondition> after_cursor(const TaskQuery& query, const OrderSql& order) {
  if (query.page.cursor.empty()) return SqlCondition{.text = "1", .values = {}};
  auto cursor = read_cursor(query.page.cursor, listing_of(query.order));
  if (!cursor) return std::unexpected(std::move(cursor.error()));
  SqlCondition after{.text = fmt::format("({}, uuid) {} (?, ?)", order.column, order.beyond),
                     .values = {}};
  if (query.order == TaskOrder::name_asc) {
    after.values.emplace_back(std::move(cursor->text));
  } else {
    after.values.emplace_back(cursor->number);
  }
  after.values.emplace_back(blob_of(cursor->id));
  return after;
}

// One statement's share of a list of runs: those of one status, or of all.
Result<void> append_run_branch(ListStatement& list, const RunQuery& query,
                               std::optional<RunStatus> status) {
  const Listing listing = query.task ? Listing::runs_of_task : Listing::runs;
  list.sql += "SELECT task, number, created_at FROM runs WHERE 1";
  if (query.task) {
    list.sql += " AND task = ?";
    list.values.emplace_back(blob_of(query.task->value()));
  }
  if (status) {
    list.sql += " AND status = ?";
    list.values.emplace_back(static_cast<std::int64_t>(*status));
  }
  if (!query.page.cursor.empty()) {
    auto cursor = read_cursor(query.page.cursor, listing);
    if (!cursor) return std::unexpected(std::move(cursor.error()));
    if (query.task) {
      list.sql += " AND number < ?";
    } else {
      list.sql += " AND (created_at, task, number) < (?, ?, ?)";
      list.values.emplace_back(cursor->number);
      list.values.emplace_back(blob_of(cursor->id));
    }
    list.values.emplace_back(static_cast<std::int64_t>(cursor->index));
  }
  list.sql +=
      query.task ? " ORDER BY number DESC" : " ORDER BY created_at DESC, task DESC, number DESC";
  list.sql += " LIMIT ?";
  list.values.emplace_back(static_cast<std::int64_t>(page_size_of(query.page) + 1));
  return {};
}

}  // namespace

std::size_t page_size_of(const PageRequest& page) {
  return std::clamp<std::size_t>(page.size, 1, kPageSizeMax);
}

Listing listing_of(TaskOrder order) {
  switch (order) {
    case TaskOrder::created_desc:
      return Listing::tasks_created_desc;
    case TaskOrder::created_asc:
      return Listing::tasks_created_asc;
    case TaskOrder::updated_desc:
      return Listing::tasks_updated_desc;
    case TaskOrder::name_asc:
      return Listing::tasks_name_asc;
    case TaskOrder::next_execution_asc:
      return Listing::tasks_next_execution_asc;
  }
  std::unreachable();
}

bool has_near_list(const TaskQuery& query) {
  if (!query.filter || *query.filter == Filter{}) return false;
  return !mentions(*query.filter, FilterField::parent);
}

Result<ListStatement> task_list_statement(const TaskQuery& query, Reach reach) {
  const OrderSql order = order_sql(query.order);
  const std::string in_order =
      fmt::format("ORDER BY {0} {1}, uuid {1}", order.column, order.direction);
  auto after = after_cursor(query, order);
  if (!after) return std::unexpected(std::move(after.error()));
  // Literal conditions, because only with them SQLite can use the partial indexes.
  const bool steps_too = query.filter && mentions(*query.filter, FilterField::parent);
  const std::string listed =
      fmt::format("deleted = 0{} AND {}", steps_too ? "" : " AND parent IS NULL", after->text);
  const SqlCondition filter =
      query.filter
          ? filter_sql(*query.filter, reach == Reach::near ? TextLookup::rows : TextLookup::index)
          : SqlCondition{.text = "1", .values = {}};
  ListStatement list;
  list.values = std::move(after->values);
  // The order value is the last column, for the cursor.
  const std::string select = fmt::format("SELECT {}, {} FROM", kTaskColumns, order.column);
  switch (reach) {
    case Reach::near:
      list.sql = fmt::format(
          "{} (SELECT key AS near_key FROM tasks WHERE {} {} LIMIT {}) CROSS JOIN tasks "
          "ON tasks.key = near_key WHERE {} {} LIMIT ?",
          select, listed, in_order, kNearTasks, filter.text, in_order);
      break;
    case Reach::all:
      list.sql =
          fmt::format("{} tasks WHERE {} AND {} {} LIMIT ?", select, listed, filter.text, in_order);
      break;
  }
  list.values.insert(list.values.end(), filter.values.begin(), filter.values.end());
  list.values.emplace_back(static_cast<std::int64_t>(page_size_of(query.page) + 1));
  return list;
}

Result<ListStatement> run_list_statement(const RunQuery& query) {
  ListStatement list;
  list.sql = fmt::format("SELECT {} FROM (", kRunColumns);
  std::vector<RunStatus> statuses = query.statuses;
  std::sort(statuses.begin(), statuses.end());
  statuses.erase(std::unique(statuses.begin(), statuses.end()), statuses.end());
  if (statuses.empty()) {
    auto branch = append_run_branch(list, query, std::nullopt);
    if (!branch) return std::unexpected(std::move(branch.error()));
  }
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    list.sql += i > 0 ? " UNION ALL SELECT * FROM (" : "SELECT * FROM (";
    auto branch = append_run_branch(list, query, statuses[i]);
    if (!branch) return std::unexpected(std::move(branch.error()));
    list.sql += ")";
  }
  list.sql += fmt::format(
      ") AS page JOIN runs ON runs.task = page.task AND runs.number = page.number "
      "LEFT JOIN tasks ON tasks.uuid = page.task ORDER BY {} LIMIT ?",
      query.task ? "page.number DESC" : "page.created_at DESC, page.task DESC, page.number DESC");
  list.values.emplace_back(static_cast<std::int64_t>(page_size_of(query.page) + 1));
  return list;
}

Result<TaskSnapshot> read_task(const SqliteStatement& row) {
  TaskSnapshot task;
  task.id = TaskId{uuid_from_raw(row.text(0)).value_or(Uuid{})};
  auto task_row = from_wire<TaskRow>(row.text(2));
  if (!task_row) return std::unexpected(std::move(task_row.error()));
  auto outcome = from_wire<Outcome>(row.text(3));
  if (!outcome) return std::unexpected(std::move(outcome.error()));
  auto definition = from_wire<TaskDefinition>(row.text(4));
  if (!definition) return std::unexpected(std::move(definition.error()));
  task.row = std::move(*task_row);
  task.row.version = TaskVersion{static_cast<std::uint64_t>(row.integer(1))};
  task.outcome = std::move(*outcome);
  task.definition = std::move(*definition);
  task.definition.parameters = JsonText(std::string(row.text(5)));
  return task;
}

Result<RunListItem> read_run(const SqliteStatement& row) {
  auto run = from_wire<RunRow>(row.text(0));
  if (!run) return std::unexpected(std::move(run.error()));
  return RunListItem{.run = std::move(*run),
                     .task_name = std::string(row.text(1)),
                     .type = std::string(row.text(2))};
}

}  // namespace carillon
