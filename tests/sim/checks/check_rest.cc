#include <algorithm>

#include <fmt/format.h>

#include "domain/words.h"
#include "tests/sim/checks/checks.h"

namespace carillon {
namespace {

// A run that is under way at the end must be young: every handler ends at once by then.
constexpr Duration kYoung = Duration::minutes(2);

void check_task(const TaskStory& story, const History& history, Verdict& verdict) {
  for (const auto& [number, run] : story.runs()) {
    if (is_final(run.status)) continue;
    const Duration age = history.ended - run.created_at;
    if (age <= kYoung) continue;
    verdict.broken("nothing is stuck",
                   fmt::format("{}: run {} is {} (attempt {} {}) {} s after it was made",
                               story.last_definition().name, to_text(run.id), word_of(run.status),
                               run.attempt, word_of(run.attempt_status), age.ms() / 1000));
  }
  const TaskRow* row = story.last_row();
  if (row == nullptr) return;
  const auto runs = story.runs();
  const bool active =
      std::ranges::any_of(runs, [](const auto& run) { return !is_final(run.second.status); });
  if (row->status == TaskStatus::running && !active) {
    verdict.broken("nothing is stuck",
                   fmt::format("{} is RUNNING and has no run", story.last_definition().name));
  }
  if (is_final(row->status) && active) {
    verdict.broken("a task that is over has no run", story.last_definition().name);
  }
}

}  // namespace

void check_rest(const Checked& checked, Verdict& verdict) {
  if (!checked.history.at_rest) {
    verdict.broken("the engine comes to rest", "it is still stalled or waits for its store");
  }
  for (const auto& [id, story] : checked.stories.tasks) {
    check_task(story, checked.history, verdict);
  }
}

}  // namespace carillon
