#include "adapters/embedded/sqlite/fact_fold.h"

#include <utility>

#include "base/wire.h"
#include "domain/words.h"

namespace carillon {
namespace {

template <class Map, class Key, class Row>
void keep_newest(Map& map, const Key& key, TaskVersion version, Row row) {
  auto& kept = map[key];
  if (version > kept.version) kept = {.version = version, .row = std::move(row)};
}

// Rows that go with their own version: they are taken even if the task itself is already newer,
// which is so after a restore from snapshots.
void fold_parts(FoldedTask& task, const FactRecord& record, TaskFact& fact) {
  if (fact.run) keep_newest(task.runs, fact.run->id.number, fact.version, std::move(*fact.run));
  if (fact.slot) {
    const SlotId id = fact.slot->id;
    keep_newest(task.slots, std::tuple{id.nominal, id.kind, id.series}, fact.version,
                std::move(*fact.slot));
  }
  task.events.push_back(
      {.position = record.position, .version = fact.version, .type = record.type, .at = record.at});
}

}  // namespace

Result<void> FactFold::add(const FactRecord& record) {
  auto fact = from_wire<TaskFact>(record.payload);
  if (!fact) {
    ++unreadable_;
    return {};
  }
  auto found = task(fact->task);
  if (!found) return std::unexpected(std::move(found.error()));
  FoldedTask& task = **found;
  if (task.purged) return {};
  if (record.type == FactType::task_purged) {
    task.purged = true;
    return {};
  }
  // Facts of a task that is gone, or that began before the history kept, leave no row.
  if (!task.known() && !fact->definition) return {};
  if (fact->version > task.version) {
    task.version = fact->version;
    if (fact->definition) task.definition = std::move(fact->definition);
    if (fact->row) task.row = std::move(fact->row);
    if (fact->outcome) task.outcome = std::move(fact->outcome);
    if (record.type == FactType::task_deleted) task.deleted_at = record.at;
  }
  fold_parts(task, record, *fact);
  return {};
}

Result<void> FactFold::add(const TaskSnapshot& snapshot) {
  auto found = task(snapshot.id);
  if (!found) return std::unexpected(std::move(found.error()));
  FoldedTask& task = **found;
  if (task.known() && task.version >= snapshot.row.version) return {};
  task.version = snapshot.row.version;
  task.definition = snapshot.definition;
  task.row = snapshot.row;
  task.outcome = snapshot.outcome;
  return {};
}

Result<FoldedTask*> FactFold::task(const TaskId& id) {
  const auto [place, is_new] = places_.try_emplace(id, tasks_.size());
  if (!is_new) return &tasks_[place->second];
  auto stored = loader_(id);
  if (!stored) return std::unexpected(std::move(stored.error()));
  FoldedTask& task = tasks_.emplace_back();
  task.id = id;
  task.stored = *stored;
  if (task.stored) task.version = task.stored->version;
  return &task;
}

}  // namespace carillon
