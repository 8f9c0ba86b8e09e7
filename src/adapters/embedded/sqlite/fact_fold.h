// The facts of one batch folded per task, so that each row is written once. Adapter internals.
//
// What is here is what one transaction changes; what is stored comes in through the loader.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "domain/record/facts.h"
#include "ports/engine_store.h"
#include "ports/task_repository.h"

namespace carillon {

// What the view has of a task before a batch, as far as writing depends on it.
struct StoredTask {
  std::int64_t key = 0;
  TaskVersion version;
  TaskStatus status = TaskStatus::created;
  Instant created_at;
  std::int64_t next_at = 0;
};

// What a batch does to one task.
struct FoldedTask {
  TaskId id;
  std::optional<StoredTask> stored;  // None if the view does not have the task.
  TaskVersion version;               // Of the newest fact, or what is stored.
  std::optional<TaskDefinition> definition;
  std::optional<TaskRow> row;
  std::optional<Outcome> outcome;
  std::optional<Instant> deleted_at;
  bool purged = false;

  template <class Row>
  struct Versioned {
    TaskVersion version;
    Row row;
  };
  std::map<std::uint32_t, Versioned<RunRow>> runs;
  std::map<std::tuple<Instant, SeriesKind, std::uint32_t>, Versioned<SlotRow>> slots;
  std::vector<TaskEventRef> events;

  // Whether the view knows the task after the batch.
  [[nodiscard]] bool known() const { return stored.has_value() || definition.has_value(); }
};

class FactFold {
 public:
  // Looks up a stored task.
  using Loader = std::function<Result<std::optional<StoredTask>>(const TaskId&)>;

  explicit FactFold(Loader loader) : loader_(std::move(loader)) {}

  // Folds one fact. A fact that cannot be decoded is counted and otherwise passed over, because a
  // view that stops at it would be worth less than one that lacks it.
  //
  // Errors  those of the loader
  Result<void> add(const FactRecord& record);

  // Takes a task as it is. Older than what is known changes nothing.
  Result<void> add(const TaskSnapshot& snapshot);

  // For the writer, which may take values out of them.
  [[nodiscard]] std::deque<FoldedTask>& tasks() { return tasks_; }
  [[nodiscard]] std::uint64_t unreadable() const { return unreadable_; }

 private:
  Result<FoldedTask*> task(const TaskId& id);

  Loader loader_;
  std::deque<FoldedTask> tasks_;  // In the order of their first fact, so that writes are too.
  std::unordered_map<TaskId, std::size_t> places_;
  std::uint64_t unreadable_ = 0;
};

}  // namespace carillon
