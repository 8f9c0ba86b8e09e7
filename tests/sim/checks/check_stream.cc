#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "domain/words.h"
#include "tests/sim/checks/checks.h"

namespace carillon {
namespace {

void check_released(const History& history, Verdict& verdict) {
  std::map<JournalPosition, const FactRecord*> durable;
  for (const FactRecord& fact : history.durable) durable.emplace(fact.position, &fact);
  JournalPosition last;
  for (const FactRecord& fact : history.released) {
    if (fact.position <= last) {
      verdict.broken("facts are told once and in order",
                     fmt::format("{} after {}", fact.position.value(), last.value()));
    }
    last = std::max(last, fact.position);
    const auto kept = durable.find(fact.position);
    if (kept == durable.end() || !(*kept->second == fact)) {
      verdict.broken("what was told is durable",
                     fmt::format("fact {} ({}) is not in the store", fact.position.value(),
                                 word_of(fact.type)));
    }
  }
}

void check_journal(const History& history, Verdict& verdict) {
  std::set<JournalPosition> records;
  for (const JournalRecord& record : history.journal) records.insert(record.position);
  for (const FactRecord& fact : history.durable) {
    if (records.contains(fact.cause)) continue;
    verdict.broken(
        "every fact has its record in the journal",
        fmt::format("fact {} names record {}", fact.position.value(), fact.cause.value()));
  }
  for (const DeadLetter& letter : history.dead_letters) {
    verdict.broken("no record is a dead letter",
                   fmt::format("record {} ({}): {}", letter.record.position.value(),
                               word_of(letter.record.type), letter.reason));
  }
}

enum class Time : std::uint8_t { even, stepped };

void check_versions(const TaskStory& story, Time time, Verdict& verdict) {
  std::uint64_t version = 0;
  Instant at;
  for (const ToldFact& told : story.facts) {
    if (told.fact.version.value() != version + 1) {
      verdict.broken("versions of a task have no gaps",
                     fmt::format("task {} goes from {} to {}", to_text(story.id), version,
                                 told.fact.version.value()));
    }
    version = told.fact.version.value();
    if (time == Time::even && told.at < at) {
      verdict.broken("time does not go back", fmt::format("task {}: {} after {}", to_text(story.id),
                                                          to_rfc3339(told.at), to_rfc3339(at)));
    }
    at = told.at;
  }
}

// The state that facts lead to, against the state that is stored.
void check_fold(const TaskStory& story, const History& history, Verdict& verdict) {
  const auto stored = history.committed.find(story.id);
  const bool gone = story.has(FactType::task_deleted);
  if (stored == history.committed.end()) {
    if (!gone) {
      verdict.broken("the state of a task is the fold of its facts",
                     fmt::format("task {} has facts and no state", to_text(story.id)));
    }
    return;
  }
  const TaskSnapshot& snapshot = stored->second;
  Outcome outcome;
  for (const ToldFact& told : story.facts) {
    if (told.fact.outcome) outcome = *told.fact.outcome;
  }
  const auto differs = [&](std::string_view part) {
    verdict.broken("the state of a task is the fold of its facts",
                   fmt::format("the {} of task {}", part, to_text(story.id)));
  };
  if (gone) differs("deletion");
  if (story.last_row() == nullptr || !(*story.last_row() == snapshot.row)) differs("row");
  if (!(story.last_definition() == snapshot.definition)) differs("definition");
  if (!(outcome == snapshot.outcome)) differs("outcome");
  if (snapshot.row.version != story.facts.back().fact.version) differs("version");
}

}  // namespace

void check_stream(const Checked& checked, Verdict& verdict) {
  for (const std::string& what : checked.stories.unreadable) {
    verdict.broken("every fact can be read", what);
  }
  check_released(checked.history, verdict);
  check_journal(checked.history, verdict);
  const Time time = has_clock_faults(checked.history.plan) ? Time::stepped : Time::even;
  for (const auto& [id, story] : checked.stories.tasks) {
    check_versions(story, time, verdict);
    check_fold(story, checked.history, verdict);
  }
}

}  // namespace carillon
