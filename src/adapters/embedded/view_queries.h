// The lists of views.db as statements, and their rows as domain values. Adapter internals.
#pragma once

#include <string>
#include <vector>

#include "adapters/embedded/page_cursor.h"
#include "adapters/embedded/sqlite_connection.h"
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

// Selects a page of tasks and one row more, which tells whether there is a next page.
//
// Errors  bad_page_token
Result<ListStatement> task_list_statement(const TaskQuery& query);

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
