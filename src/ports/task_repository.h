// Read models: lists, searches and histories of tasks and runs, folded from facts.
//
// Port: adapters/embedded (SQLite) implements it. Any thread reads; one thread applies. It follows
// the journal and may lag; wait_for tells a reader when it has caught up with what it knows
// happened. Everything in it can be rebuilt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
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

struct TaskQuery {
  std::optional<Filter> filter;
  TaskOrder order = TaskOrder::created_desc;
  PageRequest page;
};

struct RunQuery {
  std::optional<TaskId> task;
  std::vector<RunStatus> statuses;  // Empty means all.
  PageRequest page;                 // Newest first.
};

// A run with the task it belongs to, for lists over all tasks.
struct RunListItem {
  RunRow run;
  std::string task_name;
  std::string type;
};

// A fact in a task's history; the payload stays in the engine store.
struct TaskEventRef {
  JournalPosition position;
  TaskVersion version;
  FactType type = FactType::task_created;
  Instant at;
};

struct TaskCounts {
  std::vector<std::pair<TaskStatus, std::uint64_t>> by_status;
};

class TaskRepository {
 public:
  TaskRepository() = default;
  TaskRepository(const TaskRepository&) = delete;
  TaskRepository& operator=(const TaskRepository&) = delete;
  virtual ~TaskRepository() = default;

  // Applies facts of task-events in order, in one transaction. Facts already applied are skipped.
  virtual Result<void> apply(std::span<const FactRecord> facts) = 0;

  // Position of the last fact applied.
  [[nodiscard]] virtual JournalPosition applied() const = 0;

  virtual Result<Page<TaskSnapshot>> list_tasks(const TaskQuery& query) const = 0;
  virtual Result<Page<RunListItem>> list_runs(const RunQuery& query) const = 0;
  virtual Result<std::optional<RunListItem>> find_run(const RunId& run) const = 0;
  virtual Result<Page<TaskEventRef>> list_task_events(const TaskId& task,
                                                      const PageRequest& page) const = 0;
  virtual Result<Page<SlotRow>> list_slots(const TaskId& task, const PageRequest& page) const = 0;
  virtual Result<TaskCounts> count_tasks() const = 0;

  // Removes runs, slots and event references that ended before the instant, keeping the newest
  // `keep_per_task` runs of every task. Returns how many runs were removed.
  virtual Result<std::uint64_t> prune_history(Instant before, std::uint32_t keep_per_task) = 0;
};

}  // namespace carillon
