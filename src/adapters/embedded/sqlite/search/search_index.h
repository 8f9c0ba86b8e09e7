// The search index of views.db, filled behind the writes. Adapter internals.
//
// A task put into the index one by one costs ten times of what it costs among thousands, because
// SQLite writes the index out after each statement. So tasks wait in the tasks table, where a
// search looks for them row by row, until a piece of them is indexed by one statement: meta says up
// to which key they are. One thread writes; any thread may ask for the backlog.
#pragma once

#include <atomic>
#include <cstdint>

#include "adapters/embedded/sqlite/sqlite_connection.h"
#include "base/result.h"
#include "ports/task_repository.h"

namespace carillon {

class SearchIndex {
 public:
  // Tasks indexed in one piece: some fifteen milliseconds of work, which is what a reader who waits
  // for the views may have to wait for.
  static constexpr std::int64_t kPieceTasks = 1'024;
  // Tasks that a search may have to look at row by row before the writer must stop for them.
  static constexpr std::int64_t kWaitingMax = 32'768;

  // Reads how far the index is. Must be called again when the file was replaced.
  //
  // Errors  corrupt, io_failed
  Result<void> load(const SqliteConnection& connection);

  // A key for a task that is about to be inserted. Keys grow and are never given twice, not even
  // after the task with the highest one is gone: the index would take the new task for the old.
  std::int64_t take_key() { return ++last_key_; }

  // Indexes the oldest piece of the waiting tasks, in a transaction of its own.
  //
  // Errors  storage_full, io_failed, corrupt  nothing was indexed
  Result<void> index_piece(SqliteConnection& connection);

  [[nodiscard]] Backlog backlog() const;

 private:
  std::atomic<std::int64_t> last_key_ = 0;
  std::atomic<std::int64_t> indexed_key_ = 0;
};

}  // namespace carillon
