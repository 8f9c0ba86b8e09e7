// The lists of views.db as statements, and their rows as domain values. Adapter internals.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapters/embedded/sqlite/page_cursor.h"
#include "adapters/embedded/sqlite/sqlite_connection.h"
#include "base/result.h"
#include "ports/task_repository.h"

namespace carillon {

// A statement put together for one query, with what its parameters hold.
struct ListStatement {
  std::string sql;
  std::vector<SqlValue> values;
};

// Pages hold 1 to 1,000 items; other sizes are brought into that range.
std::size_t page_size_of(const PageRequest& page);

// The listing that an order of tasks is, for its cursors.
Listing listing_of(TaskOrder order);

// How far a filtered list looks for its page. No plan is good for both a filter that nearly every
// task passes and one that hardly any does, and SQLite cannot know which it has. So the first tasks
// in the order of the list are looked at one by one; only when they do not fill the page the
// search index and the other indexes are asked.
enum class Reach : std::uint8_t {
  near,  // The first kNearTasks after the cursor.
  all,
};
inline constexpr std::int64_t kNearTasks = 4000;

// Whether a list should be tried near before all.
bool has_near_list(const TaskQuery& query);

// Selects a page of tasks and one row more, which tells whether there is a next page.
//
// Requires  has_near_list, for Reach::near
// Errors    bad_page_token
Result<ListStatement> task_list_statement(const TaskQuery& query, Reach reach);

// The same for runs. Several statuses are listed each by its own index and merged.
Result<ListStatement> run_list_statement(const RunQuery& query);

// The columns that read_task expects, in order.
inline constexpr std::string_view kTaskColumns =
    "uuid, version, row, outcome, definition, parameters";

// Errors  corrupt, newer_version  a blob cannot be decoded
Result<TaskSnapshot> read_task(const SqliteStatement& row);

// The columns that read_run expects, in order, of runs joined with tasks.
inline constexpr std::string_view kRunColumns = "runs.row, tasks.label, tasks.type_label";
Result<RunListItem> read_run(const SqliteStatement& row);

}  // namespace carillon
