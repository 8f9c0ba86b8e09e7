#include "tests/sim/checks/task_story.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "domain/words.h"

namespace carillon {

const TaskDefinition& TaskStory::definition_at(std::size_t index) const {
  for (std::size_t i = index + 1; i-- > 0;) {
    if (facts[i].fact.definition) return *facts[i].fact.definition;
  }
  check_failed("definition_at", __FILE__, __LINE__, "the first fact of a task has its definition");
}

const TaskDefinition& TaskStory::last_definition() const { return definition_at(facts.size() - 1); }

const TaskRow* TaskStory::last_row() const {
  for (auto told = facts.rbegin(); told != facts.rend(); ++told) {
    if (told->fact.row) return &*told->fact.row;
  }
  return nullptr;
}

bool TaskStory::has(FactType type) const {
  return std::ranges::find(facts, type, &ToldFact::type) != facts.end();
}

std::map<std::uint32_t, RunRow> TaskStory::runs() const {
  std::map<std::uint32_t, RunRow> runs;
  for (const ToldFact& told : facts) {
    if (told.fact.run) runs.insert_or_assign(told.fact.run->id.number, *told.fact.run);
  }
  return runs;
}

const TaskStory* Stories::find(const TaskId& task) const {
  const auto found = tasks.find(task);
  return found == tasks.end() ? nullptr : &found->second;
}

Stories told_by(const History& history) {
  Stories stories;
  for (const FactRecord& record : history.durable) {
    if (record.topic != Topic::task_events) continue;
    auto fact = from_wire<TaskFact>(record.payload);
    if (!fact) {
      stories.unreadable.push_back(
          fmt::format("fact {}: {}", record.position.value(), fact.error().message));
      continue;
    }
    TaskStory& story = stories.tasks[fact->task];
    story.id = fact->task;
    story.ended = history.ended;
    story.facts.push_back({.position = record.position,
                           .cause = record.cause,
                           .at = record.at,
                           .type = record.type,
                           .fact = std::move(*fact)});
  }
  // Without the fact that made it nothing can be said of a task.
  std::erase_if(stories.tasks, [&](const auto& entry) {
    const TaskStory& story = entry.second;
    if (story.facts.front().fact.definition) return false;
    stories.unreadable.push_back(
        fmt::format("task {} begins without a definition", to_text(story.id)));
    return true;
  });
  return stories;
}

}  // namespace carillon
