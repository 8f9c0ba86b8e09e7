#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "tests/sim/checks/checks.h"

namespace carillon {
namespace {

// Tasks that a person made, by name: every create has a name of its own.
std::multimap<std::string, const TaskStory*> made_by_clients(const Stories& stories) {
  std::multimap<std::string, const TaskStory*> made;
  for (const auto& [id, story] : stories.tasks) {
    const TaskDefinition& definition = story.definition_at(0);
    if (!definition.parent) made.emplace(definition.name, &story);
  }
  return made;
}

// The answer to a create shows the task as the facts tell it.
void check_told(const ClientRecord& client, const TaskStory& story, Verdict& verdict) {
  if (!client.told || client.version.value() == 0) return;
  const std::size_t last = client.version.value() - 1;
  if (last >= story.facts.size()) return;
  const auto& row = story.facts[last].fact.row;
  const bool same = client.told->id == story.id && row && client.told->row == *row &&
                    client.told->definition == story.definition_at(last);
  if (!same) {
    verdict.broken("an answer shows the task as it is", fmt::format("t{}", client.call.task));
  }
}

void check_done(const ClientRecord& client, const Stories& stories, Verdict& verdict) {
  const TaskStory* story = stories.find(client.task.value_or(TaskId{}));
  if (story == nullptr) {
    verdict.broken("nothing acknowledged is lost",
                   fmt::format("t{}: its task is not there", client.call.task));
    return;
  }
  if (story->facts.back().fact.version < client.version) {
    verdict.broken("nothing acknowledged is lost",
                   fmt::format("t{}: version {} was answered, {} is there", client.call.task,
                               client.version.value(), story->facts.back().fact.version.value()));
  }
  if (client.run && !story->runs().contains(client.run->number)) {
    verdict.broken("nothing acknowledged is lost",
                   fmt::format("t{}: run {} is not there", client.call.task, client.run->number));
  }
  check_told(client, *story, verdict);
  if (!client.asked) return;
  const TaskDefinition& made = story->definition_at(0);
  const TaskDefinition& asked = *client.asked;
  const bool same = made.name == asked.name && made.priority == asked.priority &&
                    made.max_retries == asked.max_retries && made.queue == asked.queue &&
                    made.schedule.every == asked.schedule.every &&
                    made.schedule.cron_expression == asked.schedule.cron_expression;
  if (!same) {
    verdict.broken("what was asked for is stored", fmt::format("t{}", client.call.task));
  }
}

// An update changes what it says and nothing else: not what somebody else changed meanwhile.
void check_update(const ClientRecord& client, const std::string& name, const Stories& stories,
                  Verdict& verdict) {
  const TaskStory* story = stories.find(client.task.value_or(TaskId{}));
  if (client.call.kind != CallKind::update || story == nullptr) return;
  for (std::size_t i = 1; i < story->facts.size(); ++i) {
    const ToldFact& told = story->facts[i];
    if (told.type != FactType::task_updated || told.fact.by != name) continue;
    TaskDefinition wanted = story->definition_at(i - 1);
    change_definition(wanted, client.call);
    if (told.fact.definition == wanted) continue;
    verdict.broken("an update changes what it says and nothing else",
                   fmt::format("t{} version {}", client.call.task, told.fact.version.value()));
  }
}

// A task made and every later one of the same workflow: what a cancel of the task must stop.
std::set<TaskId> family_of(const TaskId& task, const Stories& stories) {
  std::set<TaskId> family{task};
  for (const auto& [id, story] : stories.tasks) {
    const auto& parent = story.definition_at(0).parent;
    if (parent && parent->workflow_run.task == task) family.insert(id);
  }
  return family;
}

void check_final(const ClientRecord& client, const Checked& checked, Verdict& verdict) {
  const bool ends = client.call.kind == CallKind::cancel || client.call.kind == CallKind::remove;
  if (!ends || !client.task) return;
  const std::set<TaskId> family = family_of(*client.task, checked.stories);
  const std::vector<HandlerRecord>& handlers = checked.history.handlers;
  for (std::size_t i = client.starts_before; i < handlers.size(); ++i) {
    const TaskId& task = handlers[i].dispatched.attempt.run.task;
    if (!family.contains(task)) continue;
    verdict.broken("no attempt starts after an acknowledged cancel",
                   fmt::format("t{}: attempt {} began at {} ms, the answer came at {} ms",
                               client.call.task, to_text(handlers[i].dispatched.attempt),
                               handlers[i].began.ms(), client.answered_at.ms()));
  }
}

}  // namespace

void check_answers(const Checked& checked, Verdict& verdict) {
  const auto made = made_by_clients(checked.stories);
  for (auto name = made.begin(); name != made.end(); name = made.upper_bound(name->first)) {
    if (made.count(name->first) == 1) continue;
    verdict.broken("a request is done once",
                   fmt::format("{} was made {} times", name->first, made.count(name->first)));
  }
  for (std::size_t i = 0; i < checked.history.clients.size(); ++i) {
    const ClientRecord& client = checked.history.clients[i];
    check_update(client, client_name(i), checked.stories, verdict);
    if (client.outcome != ClientRecord::Outcome::done) {
      if (client.outcome == ClientRecord::Outcome::unknown && !client.call.request_key.empty() &&
          !client.gave_up) {
        verdict.broken("a client that goes on asking is answered",
                       fmt::format("t{} ({})", client.call.task, client.call.request_key));
      }
      continue;
    }
    check_done(client, checked.stories, verdict);
    check_final(client, checked, verdict);
  }
}

}  // namespace carillon
