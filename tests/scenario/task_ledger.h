// What is known of tasks from their released facts alone: rows, runs, slots. A checker's own fold,
// independent of the product's views. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/record/facts.h"
#include "ports/engine_store.h"

namespace carillon {

struct KnownTask {
  TaskVersion version;
  std::optional<TaskDefinition> definition;
  std::optional<TaskRow> row;
  Outcome outcome;
  std::map<std::uint32_t, RunRow> runs;  // By number.
  std::map<SlotId, SlotRow> slots;
};

class TaskLedger {
 public:
  // Takes in the next released fact; others than task-events are passed over. A fact that was
  // released before is passed over too, as receivers must.
  void apply(const FactRecord& fact);

  [[nodiscard]] const KnownTask* find(const TaskId& task) const;

  [[nodiscard]] const std::map<TaskId, KnownTask>& tasks() const { return tasks_; }

  // Broken promises seen so far: gaps in a task's versions, slots started early, facts that cannot
  // be read.
  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }

 private:
  void check(const TaskFact& fact, const KnownTask& task);

  std::map<TaskId, KnownTask> tasks_;
  std::vector<std::string> faults_;
};

}  // namespace carillon
