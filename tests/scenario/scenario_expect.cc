// The lines of a scenario that say what must hold.
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "domain/words.h"
#include "tests/scenario/scenario_runner.h"

namespace carillon {

namespace {

Result<void> must_be(std::string_view what, std::string_view expected, std::string_view actual) {
  if (expected == actual) return {};
  return fail(ErrorCode::invalid_value,
              fmt::format("{} should be {} and is {}", what, expected, actual));
}

// The word at an index of the line; empty when the line is shorter.
std::string word_at(const std::vector<std::string>& words, std::size_t index) {
  return index < words.size() ? words[index] : std::string();
}

}  // namespace

Result<void> ScenarioRunner::expect(const Words& words) {
  using R = ScenarioRunner;
  static constexpr std::array kVerbs{
      Verb{"status", 4, &R::expect_status},     Verb{"next", 4, &R::expect_next},
      Verb{"slot", 5, &R::expect_slot},         Verb{"slots", 4, &R::expect_slots},
      Verb{"run", 5, &R::expect_run},           Verb{"runs", 4, &R::expect_runs},
      Verb{"attempts", 4, &R::expect_attempts}, Verb{"answer", 3, &R::expect_answer},
      Verb{"started", 4, &R::expect_started},   Verb{"step", 5, &R::expect_step},
  };
  const auto verb = std::ranges::find(kVerbs, words[1], &Verb::word);
  if (verb == kVerbs.end() || words.size() < verb->words_min) {
    return fail(ErrorCode::invalid_value, fmt::format("nothing to expect of '{}'", words[1]));
  }
  return (this->*verb->run)(words);
}

Result<const KnownTask*> ScenarioRunner::known(const std::string& task) {
  const KnownTask* const found = ledger_.find(id_of(task));
  if (found == nullptr || !found->row) {
    return fail(ErrorCode::not_found, fmt::format("no fact has told of {}", task));
  }
  return found;
}

Result<void> ScenarioRunner::expect_status(const Words& words) {
  const auto task = known(words[2]);
  if (!task) return fail(task.error());
  return must_be("the status", words[3], word_of((*task)->row->status));
}

Result<void> ScenarioRunner::expect_next(const Words& words) {
  const auto task = known(words[2]);
  if (!task) return fail(task.error());
  const auto& next = (*task)->row->next_execution;
  if (words[3] == "none") return must_be("the next", "none", next ? moment_text(*next) : "none");
  const auto moment = parse_moment(words[3], day_);
  if (!moment) return fail(moment.error());
  return must_be("the next", moment_text(*moment), next ? moment_text(*next) : "none");
}

std::string ScenarioRunner::moment_text(Instant moment) const {
  std::string text = to_rfc3339(moment);
  if (text.substr(0, 10) != to_rfc3339(day_).substr(0, 10)) return text;
  if (!text.ends_with(".000Z")) return text.substr(11, 12);
  return text.substr(17, 2) == "00" ? text.substr(11, 5) : text.substr(11, 8);
}

std::string ScenarioRunner::slots_text(const KnownTask& task) const {
  std::vector<const SlotRow*> rows;
  for (const auto& [id, row] : task.slots) rows.push_back(&row);
  std::ranges::sort(rows, {}, [](const SlotRow* row) { return std::pair(row->first, row->id); });
  std::string text;
  for (const SlotRow* row : rows) {
    std::string time = moment_text(row->first);
    if (!row->last) {
      time += "..";
    } else if (*row->last != row->first) {
      time += ".." + moment_text(*row->last);
    }
    text += fmt::format("\n    {} {} {}", time, word_of(row->disposition), word_of(row->reason));
  }
  return text.empty() ? " none" : text;
}

Result<void> ScenarioRunner::expect_slot(const Words& words) {
  const auto task = known(words[2]);
  if (!task) return fail(task.error());
  const std::size_t dots = words[3].find("..");
  const auto first = parse_moment(words[3].substr(0, dots), day_);
  if (!first) return fail(first.error());
  std::optional<Instant> last = *first;
  if (dots != std::string::npos) {
    last.reset();
    if (dots + 2 < words[3].size()) {
      const auto end = parse_moment(words[3].substr(dots + 2), day_);
      if (!end) return fail(end.error());
      last = *end;
    }
  }
  const std::string reason = word_at(words, 5);
  for (const auto& [id, row] : (*task)->slots) {
    const bool matches = row.first == *first && row.last == last &&
                         word_of(row.disposition) == words[4] &&
                         (reason.empty() || word_of(row.reason) == reason);
    if (matches) return {};
  }
  return fail(ErrorCode::invalid_value, fmt::format("no slot {} {} {}; there are:{}", words[3],
                                                    words[4], reason, slots_text(**task)));
}

Result<void> ScenarioRunner::expect_slots(const Words& words) {
  const auto task = known(words[2]);
  if (!task) return fail(task.error());
  if (std::to_string((*task)->slots.size()) == words[3]) return {};
  return fail(ErrorCode::invalid_value,
              fmt::format("there should be {} slots or ranges; there are:{}", words[3],
                          slots_text(**task)));
}

Result<void> ScenarioRunner::expect_run(const Words& words) {
  const auto task = known(words[2]);
  if (!task) return fail(task.error());
  std::uint32_t number = 0;
  std::from_chars(words[3].data(), words[3].data() + words[3].size(), number);
  const auto run = (*task)->runs.find(number);
  if (run == (*task)->runs.end()) {
    return fail(ErrorCode::not_found, fmt::format("there is no run {}", words[3]));
  }
  auto done = must_be("its status", words[4], word_of(run->second.status));
  for (std::size_t i = 5; done && i < words.size(); ++i) {
    if (words[i].starts_with("attempt=")) {
      done = must_be("its attempt", words[i], fmt::format("attempt={}", run->second.attempt));
    } else if (words[i].starts_with("retries=")) {
      done = must_be("its retries", words[i], fmt::format("retries={}", run->second.retries));
    } else if (words[i].starts_with("error=")) {
      done = must_be("its error", words[i], "error=" + run->second.outcome.error_code);
    } else {
      done = must_be("what to expect of a run", "attempt=, retries= or error=", words[i]);
    }
  }
  return done;
}

Result<void> ScenarioRunner::expect_runs(const Words& words) {
  const auto task = known(words[2]);
  if (!task) return fail(task.error());
  return must_be("the number of runs", words[3], std::to_string((*task)->runs.size()));
}

Result<void> ScenarioRunner::expect_attempts(const Words& words) {
  const TaskId task = id_of(words[2]);
  const auto witnessed = std::ranges::count_if(
      host().executor().witnessed(),
      [&](const WitnessedAttempt& attempt) { return attempt.attempt.run.task == task; });
  return must_be("the number of attempts the executor saw", words[3], std::to_string(witnessed));
}

Result<void> ScenarioRunner::expect_started(const Words& words) {
  const auto moment = parse_moment(words[2], day_);
  if (!moment) return fail(moment.error());
  const auto started = std::ranges::count_if(
      host().executor().witnessed(),
      [&](const WitnessedAttempt& attempt) { return attempt.started == *moment; });
  return must_be("the number of attempts begun then", words[3], std::to_string(started));
}

Result<void> ScenarioRunner::expect_step(const Words& words) {
  const TaskId workflow = id_of(words[2]);
  for (const auto& [id, task] : ledger_.tasks()) {
    const auto& parent = task.definition ? task.definition->parent : std::nullopt;
    if (!parent || parent->workflow_run.task != workflow || parent->step != words[3]) continue;
    return must_be("the status of the step's task", words[4], word_of(task.row->status));
  }
  return must_be("the step", words[4], "none");
}

Result<void> ScenarioRunner::expect_answer(const Words& words) {
  return must_be("the last answer", words[2], last_answer_);
}

}  // namespace carillon
