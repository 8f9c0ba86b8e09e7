#include "tests/scenario/task_ledger.h"

#include <utility>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "domain/words.h"

namespace carillon {

void TaskLedger::apply(const FactRecord& record) {
  if (record.topic != Topic::task_events) return;
  auto fact = from_wire<TaskFact>(record.payload);
  if (!fact) {
    faults_.push_back(
        fmt::format("fact {} cannot be read: {}", record.position.value(), fact.error().message));
    return;
  }
  KnownTask& task = tasks_[fact->task];
  if (fact->version <= task.version) return;
  check(*fact, task);
  task.version = fact->version;
  if (fact->definition) task.definition = std::move(fact->definition);
  if (fact->row) task.row = std::move(fact->row);
  if (fact->outcome) task.outcome = std::move(*fact->outcome);
  if (fact->run) task.runs.insert_or_assign(fact->run->id.number, std::move(*fact->run));
  if (fact->slot) task.slots.insert_or_assign(fact->slot->id, std::move(*fact->slot));
}

void TaskLedger::check(const TaskFact& fact, const KnownTask& task) {
  if (fact.version.value() != task.version.value() + 1) {
    faults_.push_back(fmt::format("task {} goes from version {} to {}", to_text(fact.task),
                                  task.version.value(), fact.version.value()));
  }
  if (!fact.slot || !fact.slot->run) return;
  if (fact.slot->decided_at < fact.slot->due) {
    faults_.push_back(fmt::format("slot {} was decided at {}, before it was due",
                                  to_text(fact.slot->id), to_rfc3339(fact.slot->decided_at)));
  }
}

const KnownTask* TaskLedger::find(const TaskId& task) const {
  const auto found = tasks_.find(task);
  return found == tasks_.end() ? nullptr : &found->second;
}

}  // namespace carillon
