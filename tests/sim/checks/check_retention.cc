#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "domain/words.h"
#include "tests/sim/checks/checks.h"

namespace carillon {
namespace {

constexpr std::string_view kRetention = "retention";

// What a task's facts told before the record that caused one of them.
struct Before {
  const TaskRow* row = nullptr;
  Instant at;
};

Before before(const TaskStory& story, const ToldFact& told) {
  Before found;
  for (const ToldFact& earlier : story.facts) {
    if (earlier.cause >= told.cause) break;
    if (earlier.fact.row) found.row = &*earlier.fact.row;
    found.at = earlier.at;
  }
  return found;
}

const ToldFact* first_of(const TaskStory& story, FactType type) {
  const auto found = std::ranges::find(story.facts, type, &ToldFact::type);
  return found == story.facts.end() ? nullptr : &*found;
}

class Judge {
 public:
  Judge(const Checked& checked, Verdict& verdict)
      : history_(checked.history), verdict_(verdict), limits_(checked.history.plan.retention) {}

  void judge(const TaskStory& story) {
    const ToldFact* deleted = first_of(story, FactType::task_deleted);
    const ToldFact* purged = first_of(story, FactType::task_purged);
    if (deleted != nullptr && deleted->fact.by == kRetention) judge_deletion(story, *deleted);
    if (purged != nullptr) judge_purge(story, deleted, *purged);
    if (has_clock_faults(history_.plan)) return;
    const Instant last = history_.passes.back().at;
    if (deleted == nullptr) {
      const TaskRow* row = story.last_row();
      const bool is_left =
          row != nullptr && is_over(*row) && story.facts.back().at + limits_.finished_tasks < last;
      if (is_left) broken("what is finished and old is removed", story);
    } else if (purged == nullptr && deleted->at + limits_.deleted_tasks < last) {
      broken("what was deleted long ago is purged", story);
    }
  }

  // By their stamps, which go with the clock.
  void judge_forgotten() {
    if (has_clock_faults(history_.plan)) return;
    for (const RetentionRecord& pass : history_.passes) {
      for (const JournalRecord& record : history_.journal) {
        if (record.position >= pass.kept_from || record.at + limits_.records < pass.at) continue;
        verdict_.broken("no record is forgotten before its time",
                        fmt::format("record {}", record.position.value()));
        return;
      }
    }
  }

 private:
  static bool is_over(const TaskRow& row) {
    return row.status == TaskStatus::completed || row.status == TaskStatus::cancelled;
  }

  void broken(std::string_view promise, const TaskStory& story) {
    verdict_.broken(promise, story.last_definition().name);
  }

  void judge_deletion(const TaskStory& story, const ToldFact& deleted) {
    const Before was = before(story, deleted);
    if (was.row == nullptr || !is_over(*was.row)) {
      broken("retention removes only what is finished", story);
    } else if (!has_clock_faults(history_.plan) && was.at + limits_.finished_tasks >= deleted.at) {
      broken("nothing is removed before its time", story);
    }
  }

  void judge_purge(const TaskStory& story, const ToldFact* deleted, const ToldFact& purged) {
    if (deleted == nullptr) {
      broken("only what was deleted is purged", story);
    } else if (!has_clock_faults(history_.plan) &&
               deleted->at + limits_.deleted_tasks >= purged.at) {
      broken("nothing is purged before its time", story);
    }
  }

  const History& history_;
  Verdict& verdict_;
  const RetentionLimits& limits_;
};

}  // namespace

void check_retention(const Checked& checked, Verdict& verdict) {
  if (checked.history.passes.empty()) return;
  Judge judge(checked, verdict);
  judge.judge_forgotten();
  for (const auto& [id, story] : checked.stories.tasks) judge.judge(story);
}

}  // namespace carillon
