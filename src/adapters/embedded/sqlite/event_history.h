// The history of every task in views.db: which facts there were, in rows of many. Adapter
// internals.
//
// The rows of one task never overlap in versions. The writer: one thread, inside a transaction of
// the caller; it must end before its connection.
#pragma once

#include <span>
#include <vector>

#include "adapters/embedded/sqlite/sqlite_connection.h"
#include "base/result.h"
#include "ports/task_repository.h"

namespace carillon {

class EventWriter {
 public:
  EventWriter() = default;

  // Compiles the statements.
  static Result<EventWriter> prepare(const SqliteConnection& connection);

  // Adds facts of a task in any order; one whose version is there already changes nothing. No
  // version above `known` is there.
  //
  // Cost  one row; with versions up to `known` also the rows that these fall into, once each
  Result<void> add(const TaskId& task, std::vector<TaskEventRef> events, TaskVersion known);

  Result<void> forget(const TaskId& task);

  // Removes what is older than the instant.
  Result<void> prune(Instant before);

 private:
  Result<void> put(BlobView task, std::span<const TaskEventRef> events);
  Result<void> merge(BlobView task, std::vector<TaskEventRef> events);
  Result<void> trim(Instant before);

  SqliteStatement insert_;
  SqliteStatement select_up_to_;
  SqliteStatement select_older_;
  SqliteStatement delete_row_;
  SqliteStatement delete_task_;
  SqliteStatement delete_older_;
};

// Facts of a task, newest first.
//
// Errors  bad_page_token, corrupt, io_failed
Result<Page<TaskEventRef>> read_events(const SqliteConnection& connection, const TaskId& task,
                                       const PageRequest& request);

}  // namespace carillon
