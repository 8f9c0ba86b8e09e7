#include "conformance/view_model.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "conformance/fact_maker.h"
#include "domain/filter/fold_case.h"
#include "domain/words.h"

namespace carillon {
namespace {

bool holds(std::string_view text, std::string_view part) {
  return fold_case(text).find(fold_case(part)) != std::string::npos;
}

bool compares(std::int64_t left, FilterRelation relation, std::int64_t right) {
  switch (relation) {
    case FilterRelation::equals:
    case FilterRelation::contains:
      return left == right;
    case FilterRelation::less:
      return left < right;
    case FilterRelation::less_equal:
      return left <= right;
    case FilterRelation::greater:
      return left > right;
    case FilterRelation::greater_equal:
      return left >= right;
  }
  return false;
}

bool text_matches(const FilterTerm& term, std::string_view text, const std::string& value) {
  if (term.relation == FilterRelation::contains) return holds(text, value);
  return fold_case(text) == fold_case(value);
}

bool tag_matches(const FilterTerm& term, const std::vector<std::string>& tags,
                 const std::string& value) {
  if (value.empty()) return tags.empty();
  return std::any_of(tags.begin(), tags.end(),
                     [&](const std::string& tag) { return text_matches(term, tag, value); });
}

bool any_text_matches(const TaskSnapshot& task, const std::string& value) {
  const TaskDefinition& d = task.definition;
  return holds(d.name, value) || holds(d.description, value) || holds(d.type, value) ||
         holds(d.created_by, value) || to_text(task.id).starts_with(fold_case(value)) ||
         std::any_of(d.tags.begin(), d.tags.end(),
                     [&](const std::string& tag) { return holds(tag, value); });
}

bool value_matches(const FilterTerm& term, const TaskSnapshot& task, const std::string& value) {
  const TaskDefinition& d = task.definition;
  const auto at = [&] { return std::stoll(value); };
  switch (term.field) {
    case FilterField::any_text:
      return any_text_matches(task, value);
    case FilterField::id:
      return text_matches(term, to_text(task.id), value);
    case FilterField::name:
      return text_matches(term, d.name, value);
    case FilterField::description:
      return text_matches(term, d.description, value);
    case FilterField::status:
      return word_of(task.row.status) == value;
    case FilterField::type:
      return text_matches(term, d.type, value);
    case FilterField::queue:
      return text_matches(term, d.queue.value(), value);
    case FilterField::tag:
      return tag_matches(term, d.tags, value);
    case FilterField::created_by:
      return text_matches(term, d.created_by, value);
    case FilterField::assigned_to:
      return text_matches(term, d.assigned_to, value);
    case FilterField::priority:
      return compares(d.priority, term.relation, at());
    case FilterField::created:
      return compares(task.row.created_at.unix_ms(), term.relation, at());
    case FilterField::updated:
      return compares(task.row.updated_at.unix_ms(), term.relation, at());
    case FilterField::next_execution:
      return task.row.next_execution &&
             compares(task.row.next_execution->unix_ms(), term.relation, at());
    case FilterField::parameter:
      return made_parameter_matches(d.parameters, term, value);
    case FilterField::parent:
      return d.parent && (value == "any" || to_text(d.parent->workflow_run) == value);
  }
  return false;
}

// The columns a list is ordered by, as a tuple that grows in the order of the list.
bool comes_before(TaskOrder order, const TaskSnapshot& a, const TaskSnapshot& b) {
  const auto by = [](auto left, auto right) { return left < right; };
  const auto next = [](const TaskSnapshot& task) {
    return std::pair(!task.row.next_execution.has_value(),
                     task.row.next_execution.value_or(Instant{}));
  };
  switch (order) {
    case TaskOrder::created_desc:
      return by(std::tuple(b.row.created_at, b.id), std::tuple(a.row.created_at, a.id));
    case TaskOrder::created_asc:
      return by(std::tuple(a.row.created_at, a.id), std::tuple(b.row.created_at, b.id));
    case TaskOrder::updated_desc:
      return by(std::tuple(b.row.updated_at, b.id), std::tuple(a.row.updated_at, a.id));
    case TaskOrder::name_asc:
      return by(std::tuple(fold_case(a.definition.name), a.id),
                std::tuple(fold_case(b.definition.name), b.id));
    case TaskOrder::next_execution_asc:
      return by(std::tuple(next(a), a.id), std::tuple(next(b), b.id));
  }
  return false;
}

}  // namespace

bool matches(const Filter& filter, const TaskSnapshot& task) {
  const auto child_matches = [&](const Filter& child) { return matches(child, task); };
  switch (filter.kind) {
    case FilterNodeKind::term:
      return std::any_of(
          filter.term.values.begin(), filter.term.values.end(),
          [&](const std::string& value) { return value_matches(filter.term, task, value); });
    case FilterNodeKind::all:
      return std::all_of(filter.children.begin(), filter.children.end(), child_matches);
    case FilterNodeKind::any:
      return std::any_of(filter.children.begin(), filter.children.end(), child_matches);
    case FilterNodeKind::negated:
      return !matches(filter.children.front(), task);
  }
  return false;
}

void ViewModel::apply(const FactRecord& record) {
  if (record.topic != Topic::task_events || record.position <= applied_) return;
  applied_ = record.position;
  const auto fact = from_wire<TaskFact>(record.payload);
  if (!fact) return;
  if (record.type == FactType::task_purged) {
    tasks_.erase(fact->task);
    return;
  }
  if (!tasks_.contains(fact->task) && !fact->definition) return;
  Task& task = tasks_[fact->task];
  TaskSnapshot& snapshot = task.snapshot;
  snapshot.id = fact->task;
  if (fact->version <= snapshot.row.version) return;
  if (fact->definition) snapshot.definition = *fact->definition;
  if (fact->row) snapshot.row = *fact->row;
  if (fact->outcome) snapshot.outcome = *fact->outcome;
  snapshot.row.version = fact->version;
  if (record.type == FactType::task_deleted) task.deleted = record.at;
  if (fact->run) task.runs[fact->run->id.number] = *fact->run;
  if (fact->slot) {
    const SlotId& id = fact->slot->id;
    task.slots[std::tuple(id.nominal, id.kind, id.series)] = *fact->slot;
  }
  task.events[fact->version] = {record.position, fact->version, record.type, record.at};
}

std::vector<TaskSnapshot> ViewModel::list_tasks(const TaskQuery& query) const {
  const bool steps_too = query.filter && mentions(*query.filter, FilterField::parent);
  std::vector<TaskSnapshot> list;
  for (const auto& [id, task] : tasks_) {
    if (task.deleted || (task.snapshot.definition.parent && !steps_too)) continue;
    if (query.filter && !matches(*query.filter, task.snapshot)) continue;
    list.push_back(task.snapshot);
  }
  std::sort(list.begin(), list.end(), [&](const TaskSnapshot& a, const TaskSnapshot& b) {
    return comes_before(query.order, a, b);
  });
  return list;
}

std::vector<RunListItem> ViewModel::list_runs(const RunQuery& query) const {
  std::vector<RunListItem> list;
  for (const auto& [id, task] : tasks_) {
    if (query.task && *query.task != id) continue;
    for (const auto& [number, run] : task.runs) {
      const bool wanted = query.statuses.empty() ||
                          std::find(query.statuses.begin(), query.statuses.end(), run.status) !=
                              query.statuses.end();
      if (!wanted) continue;
      list.push_back({run, task.snapshot.definition.name, task.snapshot.definition.type});
    }
  }
  std::sort(list.begin(), list.end(), [&](const RunListItem& a, const RunListItem& b) {
    if (query.task) return b.run.id.number < a.run.id.number;
    return std::tuple(b.run.created_at, b.run.id) < std::tuple(a.run.created_at, a.run.id);
  });
  return list;
}

std::vector<TaskEventRef> ViewModel::list_events(const TaskId& task) const {
  std::vector<TaskEventRef> list;
  const auto found = tasks_.find(task);
  if (found == tasks_.end()) return list;
  for (const auto& [version, event] : found->second.events) list.push_back(event);
  std::reverse(list.begin(), list.end());
  return list;
}

std::vector<SlotRow> ViewModel::list_slots(const TaskId& task) const {
  std::vector<SlotRow> list;
  const auto found = tasks_.find(task);
  if (found == tasks_.end()) return list;
  for (const auto& [key, slot] : found->second.slots) list.push_back(slot);
  std::reverse(list.begin(), list.end());
  return list;
}

std::vector<std::pair<TaskStatus, std::uint64_t>> ViewModel::count_tasks() const {
  std::vector<std::pair<TaskStatus, std::uint64_t>> counts;
  for (const auto& [status, word] : Words<TaskStatus>::rows) {
    const auto count = std::count_if(tasks_.begin(), tasks_.end(), [&](const auto& entry) {
      const Task& task = entry.second;
      return !task.deleted && !task.snapshot.definition.parent &&
             task.snapshot.row.status == status;
    });
    counts.emplace_back(status, static_cast<std::uint64_t>(count));
  }
  return counts;
}

std::uint64_t ViewModel::prune(Instant before, std::uint32_t keep) {
  std::uint64_t removed = 0;
  for (auto& [id, task] : tasks_) {
    std::uint64_t newer = 0;
    std::vector<std::uint32_t> gone;
    for (auto run = task.runs.rbegin(); run != task.runs.rend(); ++run) {
      const bool may_go = newer++ >= keep || task.deleted;
      if (may_go && run->second.ended_at && *run->second.ended_at < before) {
        gone.push_back(run->first);
      }
    }
    for (const std::uint32_t number : gone) task.runs.erase(number);
    removed += gone.size();
    std::erase_if(task.slots, [&](const auto& entry) {
      const SlotRow& slot = entry.second;
      return slot.disposition != Disposition::waiting &&
             slot.disposition != Disposition::buffered && slot.last && slot.decided_at < before;
    });
    std::erase_if(task.events, [&](const auto& entry) { return entry.second.at < before; });
  }
  std::erase_if(tasks_, [&](const auto& entry) {
    const Task& task = entry.second;
    return task.deleted && *task.deleted < before && task.runs.empty();
  });
  return removed;
}

}  // namespace carillon
