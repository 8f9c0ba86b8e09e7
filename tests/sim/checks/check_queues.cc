#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "domain/record/queue_records.h"
#include "domain/words.h"
#include "tests/sim/checks/checks.h"

namespace carillon {
namespace {

// The limit of a queue at a place in the journal.
std::optional<std::uint32_t> limit_at(const History& history, const QueueName& queue,
                                      JournalPosition position) {
  std::optional<std::uint32_t> limit;
  for (const JournalRecord& record : history.journal) {
    if (record.position > position) break;
    if (record.type != RecordType::queue_changed || record.key != queue.value()) continue;
    if (const auto changed = from_wire<QueueChanged>(record.payload)) {
      limit = changed->concurrency_max;
    }
  }
  return limit;
}

struct Running {
  JournalPosition position;
  QueueName queue;
  RunId run;
  bool starts = false;
};

// Attempts as they begin and end in the stream, by position. One that was told to stop counts no
// more, though it may still hold its place: the count is never too high.
std::vector<Running> course_of(const Stories& stories) {
  std::vector<Running> course;
  for (const auto& [id, story] : stories.tasks) {
    if (story.definition_at(0).lane == Lane::workflow) continue;
    const QueueName& queue = story.definition_at(0).queue;
    for (const ToldFact& told : story.facts) {
      if (!told.fact.run) continue;
      course.push_back({.position = told.position,
                        .queue = queue,
                        .run = told.fact.run->id,
                        .starts = told.fact.run->status == RunStatus::running});
    }
  }
  std::ranges::sort(course, {}, &Running::position);
  return course;
}

void check_limits(const Checked& checked, Verdict& verdict) {
  const bool limited = std::ranges::any_of(checked.history.plan.events, [](const WorldEvent& e) {
    return std::holds_alternative<QueueLimit>(e.what);
  });
  if (!limited) return;
  std::map<QueueName, std::set<RunId>> running;
  for (const Running& moment : course_of(checked.stories)) {
    std::set<RunId>& of_queue = running[moment.queue];
    if (!moment.starts) {
      of_queue.erase(moment.run);
      continue;
    }
    if (!of_queue.insert(moment.run).second) continue;
    const auto limit = limit_at(checked.history, moment.queue, moment.position);
    if (!limit || of_queue.size() <= *limit) continue;
    verdict.broken("a queue keeps its limit",
                   fmt::format("{} runs {} of {} after {}", moment.queue.value(), of_queue.size(),
                               *limit, moment.position.value()));
  }
}

// A handler holds its place until it has reported, whatever the core thinks of it.
void check_places(const Checked& checked, Verdict& verdict) {
  std::map<std::tuple<BootEpoch, QueueName, Lane>, std::vector<const HandlerRecord*>> places;
  for (const HandlerRecord& handler : checked.history.handlers) {
    const TaskStory* story = checked.stories.find(handler.dispatched.attempt.run.task);
    if (story == nullptr) continue;
    auto& taken =
        places[{handler.dispatched.epoch, story->definition_at(0).queue, handler.dispatched.lane}];
    std::erase_if(taken, [&](const HandlerRecord* other) {
      return other->reported && other->reported_before <= handler.began_as;
    });
    taken.push_back(&handler);
    if (taken.size() <= checked.history.plan.places) continue;
    verdict.broken("an executor gets no more than it offers",
                   fmt::format("{} attempts in the {} places of lane {} of queue {}", taken.size(),
                               checked.history.plan.places, word_of(handler.dispatched.lane),
                               story->definition_at(0).queue.value()));
  }
}

}  // namespace

void check_queues(const Checked& checked, Verdict& verdict) {
  check_limits(checked, verdict);
  check_places(checked, verdict);
}

}  // namespace carillon
