// Read models: lists, searches and histories of tasks and runs, folded from facts.
//
// Port: adapters/embedded (SQLite) implements it. Any thread reads; one thread applies. It follows
// the journal and may lag; runtime/views tells a reader when it has caught up with what it knows
// happened. Everything in it can be rebuilt. The world may lose its last moments (applied() then
// falls back), fill the disk, or damage it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/filter/filter.h"
#include "domain/id/ids.h"
#include "domain/run/run_row.h"
#include "domain/slot/slot_row.h"
#include "domain/task/task_row.h"
#include "ports/engine_store.h"

namespace carillon {

// One page of a listing. `cursor` is what the page before returned; empty for the first.
struct PageRequest {
  std::size_t size = 50;
  std::string cursor;
};

template <class Item>
struct Page {
  std::vector<Item> items;
  std::string next_cursor;  // Empty on the last page.
};

enum class TaskOrder : std::uint8_t {
  created_desc,
  created_asc,
  updated_desc,
  name_asc,
  next_execution_asc
};

// Deleted tasks are never listed; steps of workflow runs only if the filter mentions `parent`.
// Names order by their text without case (domain/filter/fold_case.h), tasks without a next
// execution come last, and equal values order by id, in the direction of the order.
struct TaskQuery {
  std::optional<Filter> filter;
  TaskOrder order = TaskOrder::created_desc;
  PageRequest page;
};

// Newest first: by creation, task id and number over all tasks, by number within one. Runs of
// deleted tasks stay listed, as history, until they are pruned.
struct RunQuery {
  std::optional<TaskId> task;
  std::vector<RunStatus> statuses;  // Empty means all.
  PageRequest page;
};

// A run with the task it belongs to, for lists over all tasks.
struct RunListItem {
  RunRow run;
  std::string task_name;
  std::string type;

  friend bool operator==(const RunListItem&, const RunListItem&) = default;
};

// A fact in a task's history; the payload stays in the engine store.
struct TaskEventRef {
  JournalPosition position;
  TaskVersion version;
  FactType type = FactType::task_created;
  Instant at;

  friend bool operator==(const TaskEventRef&, const TaskEventRef&) = default;
};

struct TaskCounts {
  std::vector<std::pair<TaskStatus, std::uint64_t>> by_status;
};

// Work that a repository has put off to keep apply cheap. What is read is right whatever it is.
enum class Backlog : std::uint8_t {
  none,
  small,  // Reads cost a little more than they could: for when there is nothing else to do.
  large,  // Reads begin to cost much more: to be worked on before more is applied.
};

class TaskRepository {
 public:
  TaskRepository() = default;
  TaskRepository(const TaskRepository&) = delete;
  TaskRepository& operator=(const TaskRepository&) = delete;
  virtual ~TaskRepository() = default;

  // Applies facts of task-events in order, in one transaction; facts of other topics are passed
  // over.
  //
  // Guarantees  facts already applied change nothing, whether they come with an old position or
  //             with a version of their task that is known; a part of a fact that is present
  //             replaces what was known; task.deleted hides the task from lists of tasks,
  //             task.purged removes it and its history; facts of an unknown task without a
  //             definition leave nothing
  // Requires    positions ascend within the span
  // Errors      storage_full, io_failed  nothing was applied; repeat later
  //             corrupt                  nothing was applied; rebuild
  virtual Result<void> apply(std::span<const FactRecord> facts) = 0;

  // Takes tasks as they are, where the facts that made them are no longer kept. A task whose
  // version is known already is not changed. Errors as for apply.
  virtual Result<void> restore(std::span<const TaskSnapshot> tasks) = 0;

  // Position of the last fact applied.
  [[nodiscard]] virtual JournalPosition applied() const = 0;

  [[nodiscard]] virtual Backlog backlog() const = 0;

  // Does a piece of the backlog; nothing to do is fine. Belongs to the thread that applies.
  //
  // Guarantees  nothing that can be read changes, neither now nor by a crash at any point
  // Errors      storage_full, io_failed  the piece is still to be done; repeat later
  //             corrupt                  rebuild
  // Cost        bounded: some tens of milliseconds
  virtual Result<void> work_on_backlog() = 0;

  // From now on what applies, restores or works on the backlog calls it every some ten
  // microseconds, on its own thread, so that others can go first; an empty function ends
  // that. It must not throw nor come back to the repository. Must not run beside apply.
  virtual void on_progress(std::function<void()> called) = 0;

  // Forgets everything; applied() is 0 afterwards. Must not run beside apply.
  virtual Result<void> rebuild() = 0;

  // One page of tasks. A page ends the list when next_cursor is empty.
  //
  // Guarantees  going from page to page visits every task that stays in the list once, however
  //             many are added meanwhile
  // Errors      bad_page_token, corrupt, io_failed, unavailable (being rebuilt)
  virtual Result<Page<TaskSnapshot>> list_tasks(const TaskQuery& query) const = 0;
  virtual Result<Page<RunListItem>> list_runs(const RunQuery& query) const = 0;
  virtual Result<std::optional<RunListItem>> find_run(const RunId& run) const = 0;

  // Facts of a task, newest first.
  virtual Result<Page<TaskEventRef>> list_task_events(const TaskId& task,
                                                      const PageRequest& page) const = 0;

  // Slots of a task, the latest nominal instant first.
  virtual Result<Page<SlotRow>> list_slots(const TaskId& task, const PageRequest& page) const = 0;

  // Listed tasks per status: every status once, in the order of the enumeration.
  virtual Result<TaskCounts> count_tasks() const = 0;

  // Removes runs, slots and event references that ended before the instant, keeping the newest
  // `keep_per_task` runs of every task; of deleted tasks none is kept, and the last trace of one
  // deleted before the instant goes with its last run. Returns how many runs were removed. May run
  // beside apply, which waits for it.
  virtual Result<std::uint64_t> prune_history(Instant before, std::uint32_t keep_per_task) = 0;
};

}  // namespace carillon
