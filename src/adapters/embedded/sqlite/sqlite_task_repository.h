// TaskRepository on SQLite: one file, views.db, folded from facts and disposable.
//
// Adapter of ports/task_repository.h. Tables and file: docs/formats/views.md; how and why:
// docs/internals/views.md.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "adapters/embedded/sqlite/fact_writer.h"
#include "adapters/embedded/sqlite/search/search_index.h"
#include "adapters/embedded/sqlite/view_database.h"
#include "adapters/embedded/sqlite/view_statistics.h"
#include "ports/task_repository.h"

namespace carillon {

class SqliteTaskRepository final : public TaskRepository {
 public:
  struct Opened {
    std::unique_ptr<SqliteTaskRepository> repository;
    ViewFileState found = ViewFileState::fresh;
    std::string warning;  // For the log; empty when nothing is worth saying.
  };

  // Opens the file or begins a new one. A file of another version is dropped, a damaged one is
  // moved aside to `<path>.damaged`; either way applied() is then 0.
  //
  // Errors  storage_full, io_failed  not even a new file can be made
  static Result<Opened> open(const std::string& path);

  ~SqliteTaskRepository() override;

  Result<void> apply(std::span<const FactRecord> facts) override;
  Result<void> restore(std::span<const TaskSnapshot> tasks) override;
  [[nodiscard]] JournalPosition applied() const override;
  [[nodiscard]] Backlog backlog() const override;
  Result<void> work_on_backlog() override;
  void on_progress(std::function<void()> called) override;
  Result<void> rebuild() override;

  Result<Page<TaskSnapshot>> list_tasks(const TaskQuery& query) const override;
  Result<Page<RunListItem>> list_runs(const RunQuery& query) const override;
  Result<std::optional<RunListItem>> find_run(const RunId& run) const override;
  Result<Page<TaskEventRef>> list_task_events(const TaskId& task,
                                              const PageRequest& page) const override;
  Result<Page<SlotRow>> list_slots(const TaskId& task, const PageRequest& page) const override;
  Result<TaskCounts> count_tasks() const override;
  Result<std::uint64_t> prune_history(Instant before, std::uint32_t keep_per_task) override;

  // Of the runs that ended at or after `from` and before `to`.
  Result<ViewStatistics> run_statistics(Instant from, Instant to) const;

  // Facts that could not be decoded since the file was begun; more than 0 asks for a rebuild by a
  // version that can.
  Result<std::uint64_t> unreadable_facts() const;

 private:
  explicit SqliteTaskRepository(std::unique_ptr<ViewDatabase> database)
      : database_(std::move(database)) {}
  Result<void> prepare_writer();
  Result<void> write(const std::function<Result<JournalPosition>(FactFold&)>& fill);
  Result<void> write_fold(FactFold& fold, JournalPosition position);

  std::unique_ptr<ViewDatabase> database_;
  std::mutex write_mutex_;  // Held by whatever writes.
  FactWriter writer_;
  SearchIndex search_;
  std::function<void()> on_progress_;
  std::atomic<std::uint64_t> applied_ = 0;
};

}  // namespace carillon
