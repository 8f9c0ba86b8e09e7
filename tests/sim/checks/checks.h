// The promises that every simulated world must have kept. Each looks at a history from outside: at
// the event stream, at what clients were answered and at what handlers witnessed. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/zone/zone_source.h"
#include "tests/sim/checks/task_story.h"
#include "tests/sim/world/history.h"

namespace carillon {

// One promise that was not kept.
struct Violation {
  std::string_view promise;
  std::string what;
};

// Where checkers note what they find.
class Verdict {
 public:
  // What stays unmentioned after so many is more of the same.
  static constexpr std::size_t kViolationsMax = 20;

  void broken(std::string_view promise, std::string what) {
    if (violations_.size() < kViolationsMax) violations_.push_back({promise, std::move(what)});
  }
  [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }

 private:
  std::vector<Violation> violations_;
};

struct Checked {
  const History& history;
  const Stories& stories;
  const ZoneSource& zones;
};

// Sequences are gapless, what was released is durable, nothing became a dead letter, and the fold
// of a task's facts is its state.
void check_stream(const Checked& checked, Verdict& verdict);

// Nothing acknowledged is lost, no request is done twice, a cancel is final.
void check_answers(const Checked& checked, Verdict& verdict);

// Attempts have one owner, keep their budget and their gaps, and only the owner's result counts.
void check_attempts(const Checked& checked, Verdict& verdict);

// Every slot of every generation has exactly one record, none is early, none runs twice.
void check_slots(const Checked& checked, Verdict& verdict);

// Queues run no more than their limit, executors no more than their places.
void check_queues(const Checked& checked, Verdict& verdict);

// Steps start when what they depend on has completed, with its results.
void check_workflows(const Checked& checked, Verdict& verdict);

// Retention removes what is old, and nothing that is young, at work or unfinished.
void check_retention(const Checked& checked, Verdict& verdict);

// Once nothing goes wrong any more, everything ends.
void check_rest(const Checked& checked, Verdict& verdict);

// The journal alone leads to the same facts.
void check_replay(const Checked& checked, Verdict& verdict);

// All of them.
std::vector<Violation> check_history(const History& history, const ZoneSource& zones);

}  // namespace carillon
