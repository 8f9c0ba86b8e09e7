// The plainest TaskRepository that could be right: maps, full scans, no paging. The reference that
// every adapter is compared with.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "domain/record/facts.h"
#include "ports/task_repository.h"

namespace carillon {

class ViewModel {
 public:
  void apply(const FactRecord& record);

  // Everything the query's list holds, in order; pages are ignored.
  [[nodiscard]] std::vector<TaskSnapshot> list_tasks(const TaskQuery& query) const;
  [[nodiscard]] std::vector<RunListItem> list_runs(const RunQuery& query) const;
  [[nodiscard]] std::vector<TaskEventRef> list_events(const TaskId& task) const;
  [[nodiscard]] std::vector<SlotRow> list_slots(const TaskId& task) const;
  [[nodiscard]] std::vector<std::pair<TaskStatus, std::uint64_t>> count_tasks() const;

  // Returns how many runs were removed.
  std::uint64_t prune(Instant before, std::uint32_t keep);

 private:
  struct Task {
    TaskSnapshot snapshot;
    std::optional<Instant> deleted;
    std::map<std::uint32_t, RunRow> runs;
    std::map<std::tuple<Instant, SeriesKind, std::uint32_t>, SlotRow> slots;
    std::map<TaskVersion, TaskEventRef> events;
  };
  JournalPosition applied_;
  std::map<TaskId, Task> tasks_;
};

// Whether a task is in the list that a filter narrows, by the words of docs/reference/filter.md.
bool matches(const Filter& filter, const TaskSnapshot& task);

}  // namespace carillon
