#include "tests/sim/checks/checks.h"

namespace carillon {

std::vector<Violation> check_history(const History& history, const ZoneSource& zones) {
  const Stories stories = told_by(history);
  const Checked checked{history, stories, zones};
  Verdict verdict;
  check_stream(checked, verdict);
  check_answers(checked, verdict);
  check_attempts(checked, verdict);
  check_slots(checked, verdict);
  check_queues(checked, verdict);
  check_workflows(checked, verdict);
  check_retention(checked, verdict);
  check_rest(checked, verdict);
  check_replay(checked, verdict);
  return verdict.violations();
}

}  // namespace carillon
