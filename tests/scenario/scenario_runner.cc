// The lines of a scenario that make something happen; those that expect are in scenario_expect.cc.
#include "tests/scenario/scenario_runner.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "codec/task_codec.h"
#include "domain/record/commands.h"
#include "domain/record/queue_records.h"
#include "domain/words.h"

namespace carillon {

namespace {

using Words = std::vector<std::string>;

std::unexpected<Error> wrong(std::string message) {
  return fail(ErrorCode::invalid_value, std::move(message));
}

// name=value; the value is empty when there is no sign.
std::pair<std::string_view, std::string_view> parted(std::string_view word) {
  const std::size_t sign = word.find('=');
  if (sign == std::string_view::npos) return {word, {}};
  return {word.substr(0, sign), word.substr(sign + 1)};
}

// The value of name= among the words after the task; empty when it is not there.
std::string option(const Words& words, std::string_view name) {
  for (const std::string& word : words) {
    const auto [key, value] = parted(word);
    if (key == name) return std::string(value);
  }
  return {};
}

Result<TaskDefinition> with_fields(TaskDefinition definition, const Words& words) {
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i].starts_with('{')) {
      auto read = read_task_definition(words[i]);
      if (!read) return fail(read.error().front());
      definition = std::move(*read);
      if (definition.workflow) definition.lane = Lane::workflow;
      continue;
    }
    const auto [name, value] = parted(words[i]);
    if (auto set = set_field(definition, name, value); !set) return fail(set.error());
  }
  return definition;
}

Result<AttemptPlan> parse_plan(const Words& words, std::size_t from, std::size_t until) {
  AttemptPlan plan;
  for (std::size_t i = from; i < until; ++i) {
    const auto [name, value] = parted(words[i]);
    if (name == "hang") {
      plan.takes = std::nullopt;
    } else if (name == "takes") {
      const auto span = parse_span(value);
      if (!span) return fail(span.error());
      plan.takes = *span;
    } else if (name == "kind") {
      const auto kind = from_word<FinishKind>(value);
      if (!kind) return wrong(fmt::format("'{}' is none of {}", value, all_words<FinishKind>()));
      plan.kind = *kind;
    } else if (name == "result") {
      plan.outcome.result = JsonText(std::string(value));
    } else if (name == "error") {
      plan.outcome.error_code = value;
    } else {
      return wrong(fmt::format("'{}' is none of hang, takes, kind, result, error", name));
    }
  }
  return plan;
}

}  // namespace

Result<void> ScenarioRunner::run(std::string_view text) {
  for (const ScenarioLine& line : scenario_lines(text)) {
    auto done = run_line(line.words);
    if (done && !ledger_.faults().empty()) done = wrong(ledger_.faults().front());
    if (!done) {
      return wrong(
          fmt::format("line {}: {} (seed {})", line.number, done.error().message, setup_.seed));
    }
  }
  return {};
}

Result<void> ScenarioRunner::run_line(const Words& words) {
  using R = ScenarioRunner;
  static constexpr std::array kVerbs{
      Verb{"at", 2, &R::at},
      Verb{"advance", 2, &R::advance},
      Verb{"clock", 2, &R::set_clock},
      Verb{"crash", 1, &R::crash},
      Verb{"down", 1, &R::down},
      Verb{"up", 1, &R::up},
      Verb{"disk", 2, &R::disk},
      Verb{"fail_commit", 3, &R::fail_commit},
      Verb{"attempts", 3, &R::plan_attempts},
      Verb{"define", 2, &R::define},
      Verb{"create", 2, &R::create},
      Verb{"update", 2, &R::update},
      Verb{"schedule", 2, &R::schedule},
      Verb{"pause", 2, &R::pause},
      Verb{"resume", 2, &R::resume},
      Verb{"cancel", 2, &R::cancel},
      Verb{"retry", 2, &R::retry},
      Verb{"run", 2, &R::run_now},
      Verb{"delete", 2, &R::remove},
      Verb{"set_status", 3, &R::set_status},
      Verb{"create_many", 3, &R::create_many},
      Verb{"queue", 2, &R::change_queue},
      Verb{"expect", 3, &R::expect},
  };
  const auto verb = std::ranges::find(kVerbs, words.front(), &Verb::word);
  if (verb == kVerbs.end()) return wrong(fmt::format("'{}' is no verb", words.front()));
  if (words.size() < verb->words_min) {
    return wrong(fmt::format("'{}' needs {} words", verb->word, verb->words_min));
  }
  auto done = (this->*verb->run)(words);
  follow();
  return done;
}

SimHost& ScenarioRunner::host() {
  if (!host_) {
    SimHostOptions options;
    options.seed = setup_.seed;
    options.start = day_;
    options.make = setup_.make;
    options.zones = setup_.zones;
    host_ = std::make_unique<SimHost>(std::move(options));
  }
  return *host_;
}

void ScenarioRunner::follow() {
  if (!host_) return;
  const auto& facts = host_->facts();
  for (; facts_followed_ < facts.size(); ++facts_followed_) ledger_.apply(facts[facts_followed_]);
}

Result<void> ScenarioRunner::at(const Words& words) {
  const auto moment = parse_moment(words[1], day_);
  if (!moment) return fail(moment.error());
  day_ = *moment;
  host().advance_to(*moment);
  return {};
}

Result<void> ScenarioRunner::advance(const Words& words) {
  const auto span = parse_span(words[1]);
  if (!span) return fail(span.error());
  host().advance(*span);
  return {};
}

Result<void> ScenarioRunner::set_clock(const Words& words) {
  const auto moment = parse_moment(words[1], day_);
  if (!moment) return fail(moment.error());
  host().clock().set_wall(*moment);
  host().settle();
  return {};
}

Result<void> ScenarioRunner::crash(const Words& /*words*/) {
  host().crash_and_restart();
  host().settle();
  return {};
}

Result<void> ScenarioRunner::down(const Words& /*words*/) {
  host().crash();
  return {};
}

Result<void> ScenarioRunner::up(const Words& /*words*/) {
  host().start();
  host().settle();
  return {};
}

Result<void> ScenarioRunner::disk(const Words& words) {
  if (words[1] != "full" && words[1] != "free") return wrong("the disk is full or free");
  host().disk().full = words[1] == "full";
  host().settle();
  return {};
}

Result<void> ScenarioRunner::fail_commit(const Words& words) {
  std::uint64_t ahead = 0;
  std::from_chars(words[1].data(), words[1].data() + words[1].size(), ahead);
  const bool kept = words[2] == "kept";
  if (ahead == 0 || (!kept && words[2] != "dropped")) {
    return wrong("fail_commit takes a number from 1 and kept or dropped");
  }
  host().disk().commit_faults.push_back(
      {.commit = host().disk().commits + ahead,
       .code = ErrorCode::outcome_unknown,
       .fate = kept ? CommitFault::Fate::kept : CommitFault::Fate::dropped});
  return {};
}

Result<void> ScenarioRunner::plan_attempts(const Words& words) {
  std::vector<AttemptPlan> plans;
  for (std::size_t from = 2; from <= words.size();) {
    const auto begin = words.begin() + static_cast<std::ptrdiff_t>(from);
    const auto until =
        static_cast<std::size_t>(std::find(begin, words.end(), "then") - words.begin());
    auto plan = parse_plan(words, from, until);
    if (!plan) return fail(std::move(plan.error()));
    plans.push_back(std::move(*plan));
    from = until + 1;
  }
  host().executor().plan(words[1], std::move(plans));
  return {};
}

TaskId ScenarioRunner::id_of(const std::string& task) {
  const auto found = ids_.find(task);
  if (found != ids_.end()) return found->second;
  return ids_.emplace(task, TaskId(host().entropy().uuid(host().clock().wall()))).first->second;
}

template <class Command>
Result<void> ScenarioRunner::command(const std::string& task, RecordType type, Command command) {
  command.header.id = CommandId(host().entropy().uuid(host().clock().wall()));
  command.header.by = "scenario";
  auto answered = host().ask(OperatorName::task_scheduler, Key(id_of(task).value().raw()), type,
                             to_wire(command));
  if (!answered) {
    last_answer_ = error_info(answered.error().code).word;
    return {};
  }
  last_answer_ = "none";
  for (const FactRecord& fact : answered->answers) {
    const auto answer = from_wire<TaskAnswer>(fact.payload);
    if (!answer) return fail(answer.error());
    last_answer_ = answer->problem.value_or("ok");
  }
  return {};
}

Result<void> ScenarioRunner::create_task(const Words& words, Armed armed) {
  TaskDefinition definition;
  definition.name = words[1];
  auto made = with_fields(std::move(definition), words);
  if (!made) return fail(std::move(made.error()));
  definitions_[words[1]] = *made;
  return command(words[1], RecordType::create_task,
                 CreateTask{.definition = std::move(*made), .schedule = armed == Armed::yes});
}

Result<void> ScenarioRunner::define(const Words& words) { return create_task(words, Armed::no); }

Result<void> ScenarioRunner::create(const Words& words) { return create_task(words, Armed::yes); }

Result<void> ScenarioRunner::create_many(const Words& words) {
  int count = 0;
  std::from_chars(words[1].data(), words[1].data() + words[1].size(), count);
  if (count <= 0) return wrong(fmt::format("'{}' is no number of tasks", words[1]));
  Words one(words.begin() + 1, words.end());
  for (int i = 1; i <= count; ++i) {
    one[1] = fmt::format("{}{}", words[2], i);
    if (auto made = create(one); !made) return made;
  }
  return {};
}

Result<void> ScenarioRunner::change_queue(const Words& words) {
  QueueChanged changed{.paused = option(words, "paused") == "true"};
  if (const std::string most = option(words, "max"); !most.empty()) {
    changed.concurrency_max.emplace();
    std::from_chars(most.data(), most.data() + most.size(), *changed.concurrency_max);
  }
  auto answered = host().ask(OperatorName::queue_dispatcher, words[1], RecordType::queue_changed,
                             to_wire(changed));
  if (!answered) return fail(std::move(answered.error()));
  return {};
}

Result<void> ScenarioRunner::update(const Words& words) {
  auto made = with_fields(definitions_[words[1]], words);
  if (!made) return fail(std::move(made.error()));
  definitions_[words[1]] = *made;
  return command(words[1], RecordType::update_task, UpdateTask{.definition = std::move(*made)});
}

Result<void> ScenarioRunner::schedule(const Words& words) {
  ScheduleTask asked;
  if (const std::string run_at = option(words, "runAt"); !run_at.empty()) {
    const auto moment = parse_moment(run_at, day_);
    if (!moment) return fail(moment.error());
    asked.run_at = *moment;
  }
  if (const std::string delay = option(words, "delay"); !delay.empty()) {
    const auto span = parse_span(delay);
    if (!span) return fail(span.error());
    asked.delay = *span;
  }
  return command(words[1], RecordType::schedule_task, asked);
}

Result<void> ScenarioRunner::pause(const Words& words) {
  PauseTask asked{.reason = option(words, "reason")};
  if (const std::string until = option(words, "until"); !until.empty()) {
    const auto moment = parse_moment(until, day_);
    if (!moment) return fail(moment.error());
    asked.until = *moment;
  }
  return command(words[1], RecordType::pause_task, std::move(asked));
}

Result<void> ScenarioRunner::resume(const Words& words) {
  return command(words[1], RecordType::resume_task, ResumeTask{});
}

Result<void> ScenarioRunner::cancel(const Words& words) {
  return command(words[1], RecordType::cancel_task, CancelTask{.reason = option(words, "reason")});
}

Result<void> ScenarioRunner::retry(const Words& words) {
  return command(words[1], RecordType::retry_task, RetryTask{});
}

Result<void> ScenarioRunner::run_now(const Words& words) {
  RunNow asked;
  if (const std::string overlap = option(words, "overlap"); !overlap.empty()) {
    asked.overlap = from_word<Overlap>(overlap);
    if (!asked.overlap) return wrong(fmt::format("'{}' is no overlap policy", overlap));
  }
  return command(words[1], RecordType::run_now, asked);
}

Result<void> ScenarioRunner::remove(const Words& words) {
  return command(words[1], RecordType::delete_task, DeleteTask{});
}

Result<void> ScenarioRunner::set_status(const Words& words) {
  const auto status = from_word<TaskStatus>(words[2]);
  if (!status) return wrong(fmt::format("'{}' is no status", words[2]));
  return command(words[1], RecordType::set_status,
                 SetStatus{.status = *status, .reason = option(words, "reason")});
}

}  // namespace carillon
