#include "tests/sim/checks/task_story.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "domain/words.h"

namespace carillon {

const TaskDefinition& TaskStory::definition_at(std::size_t index) const {
  const auto& definition = facts[facts[index].defined_by].fact.definition;
  CARILLON_CHECK(definition.has_value(), "the first fact of a task has its definition");
  return *definition;
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

const RunFacts* TaskStory::find_run(std::uint32_t number) const {
  const auto found = run_facts.find(number);
  return found == run_facts.end() ? nullptr : &found->second;
}

std::map<std::uint32_t, RunRow> TaskStory::runs() const {
  std::map<std::uint32_t, RunRow> runs;
  for (const auto& [number, run] : run_facts) runs.emplace(number, latest(run));
  return runs;
}

const TaskStory* Stories::find(const TaskId& task) const {
  const auto found = tasks.find(task);
  return found == tasks.end() ? nullptr : &found->second;
}

// One pass, because histories are long and every check asks.
void TaskStory::add(ToldFact told) {
  const std::size_t index = facts.size();
  const bool defines = facts.empty() || told.fact.definition.has_value();
  told.defined_by = defines ? index : facts.back().defined_by;
  if (told.fact.run) {
    run_facts.try_emplace(told.fact.run->id.number, RunFacts{.first = index}).first->second.last =
        index;
  }
  facts.push_back(std::move(told));
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
    story.add({.position = record.position,
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
