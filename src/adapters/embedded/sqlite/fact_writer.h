// Folded tasks as rows of views.db, by statements compiled once. Adapter internals.
//
// One thread; inside a transaction of the caller. Must end before its connection.
#pragma once

#include <cstdint>
#include <optional>

#include "adapters/embedded/sqlite/event_history.h"
#include "adapters/embedded/sqlite/fact_fold.h"
#include "adapters/embedded/sqlite/search/search_index.h"
#include "adapters/embedded/sqlite/sqlite_connection.h"
#include "base/result.h"

namespace carillon {

class FactWriter {
 public:
  FactWriter() = default;

  // Compiles the statements.
  //
  // Errors  corrupt  a table is not what it should be
  static Result<FactWriter> prepare(const SqliteConnection& connection);

  Result<std::optional<StoredTask>> stored(const TaskId& id);

  // Writes what the batch did to one task; a task that is new gets its key from the search index.
  Result<void> write(FoldedTask& task, SearchIndex& search);

  // The position up to which facts are applied.
  Result<void> write_position(JournalPosition position);

  Result<void> add_unreadable(std::uint64_t count);

  // The histories of all tasks, for pruning.
  EventWriter& events() { return events_; }

 private:
  Result<void> insert_task(FoldedTask& task, std::int64_t key);
  Result<void> update_task(FoldedTask& task);
  Result<void> update_definition(TaskDefinition& definition, std::int64_t key);
  Result<void> update_state(const FoldedTask& task);
  Result<void> purge_task(const TaskId& id);
  Result<void> write_run(const FoldedTask& task, const FoldedTask::Versioned<RunRow>& run);
  Result<void> write_slot(const TaskId& task, const FoldedTask::Versioned<SlotRow>& slot);

  SqliteStatement select_task_;
  SqliteStatement insert_task_;
  SqliteStatement update_definition_;
  SqliteStatement update_birth_and_death_;
  SqliteStatement update_state_;
  SqliteStatement update_row_;
  SqliteStatement update_version_;
  SqliteStatement delete_task_;
  SqliteStatement delete_runs_;
  SqliteStatement delete_slots_;
  SqliteStatement put_run_;
  SqliteStatement update_run_;
  SqliteStatement put_slot_;
  SqliteStatement put_position_;
  SqliteStatement add_unreadable_;
  EventWriter events_;
};

}  // namespace carillon
