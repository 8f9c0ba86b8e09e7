// The facts of a world, sorted by the task they tell of and decoded: what the event stream says,
// without any knowledge of the product's own state. Values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/record/facts.h"
#include "tests/sim/world/history.h"

namespace carillon {

struct ToldFact {
  JournalPosition position;
  JournalPosition cause;
  Instant at;
  FactType type = FactType::task_created;
  TaskFact fact;
  std::size_t defined_by = 0;  // The fact of the same story that told the definition in force.
};

// The facts of a story that tell of one run.
struct RunFacts {
  std::size_t first = 0;
  std::size_t last = 0;
};

// A task as its facts tell it, from the first to the last.
struct TaskStory {
  TaskId id;
  std::vector<ToldFact> facts;
  std::map<std::uint32_t, RunFacts> run_facts;  // By the number of the run.
  Instant ended;                                // The end of its world, by the wall clock.

  void add(ToldFact told);

  // The definition in force after the fact at that index; there is one from the first fact on.
  [[nodiscard]] const TaskDefinition& definition_at(std::size_t index) const;
  [[nodiscard]] const TaskDefinition& last_definition() const;

  // The last row told; none when no fact carried one.
  [[nodiscard]] const TaskRow* last_row() const;

  [[nodiscard]] bool has(FactType type) const;

  // None when no fact tells of the run.
  [[nodiscard]] const RunFacts* find_run(std::uint32_t number) const;
  // The latest row of a run.
  [[nodiscard]] const RunRow& latest(const RunFacts& run) const {
    return *facts[run.last].fact.run;
  }
  // The latest row of every run, by number.
  [[nodiscard]] std::map<std::uint32_t, RunRow> runs() const;
};

struct Stories {
  std::map<TaskId, TaskStory> tasks;
  std::vector<std::string> unreadable;

  [[nodiscard]] const TaskStory* find(const TaskId& task) const;
};

Stories told_by(const History& history);

}  // namespace carillon
