// For tests only: one task on a small host with its queue, and what readers would know of it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rfc3339.h"
#include "core/keyed_state.h"
#include "core/task_scheduler/read_task.h"
#include "domain/id/derived_ids.h"
#include "domain/words.h"
#include "domain/zone/zone_source.h"
#include "domain/zone/zone_testing.h"
#include "support/core_harness.h"

namespace carillon {

// The machine's zones, and others made by hand; the last rules of a name are in use.
class TestZones final : public ZoneSource {
 public:
  explicit TestZones(std::vector<std::string> names = {"UTC", "Europe/Berlin"}) {
    for (const std::string& name : names) add(name, "v1", testing::load_zone(name));
  }

  void add(const std::string& name, std::string fingerprint, ZoneRules rules) {
    in_use_[name] = fingerprint;
    rules_.insert_or_assign(std::pair(name, std::move(fingerprint)), std::move(rules));
  }

  [[nodiscard]] const ZoneRules* find(std::string_view name,
                                      std::string_view fingerprint) const override {
    const std::string wanted(fingerprint.empty() ? this->fingerprint(name) : fingerprint);
    const auto found = rules_.find(std::pair(std::string(name), wanted));
    return found == rules_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] std::string_view fingerprint(std::string_view name) const override {
    const auto found = in_use_.find(name);
    return found == in_use_.end() ? std::string_view{} : std::string_view(found->second);
  }
  [[nodiscard]] std::span<const std::string_view> names() const override { return {}; }

 private:
  std::map<std::pair<std::string, std::string>, ZoneRules> rules_;
  std::map<std::string, std::string, std::less<>> in_use_;
};

// Attempts may take a day, so that a test that lets one run sees no time-out.
inline TaskDefinition once_now() {
  return {.name = "report", .timeouts = {.attempt = Duration::days(1)}};
}

inline TaskDefinition every(Duration span) {
  TaskDefinition definition = once_now();
  definition.schedule.every = span;
  return definition;
}

inline TaskDefinition cron(std::string expression, std::string zone = "UTC") {
  TaskDefinition definition = once_now();
  definition.schedule.cron_expression = std::move(expression);
  definition.schedule.time_zone = std::move(zone);
  return definition;
}

inline TaskDefinition once_at(std::string_view rfc3339) {
  TaskDefinition definition = once_now();
  definition.schedule.run_at = testing::at(rfc3339);
  return definition;
}

inline TaskDefinition retried(TaskDefinition definition, std::uint32_t retries, Duration delay) {
  definition.max_retries = retries;
  definition.retry_delay = delay;
  return definition;
}

// Hosts the task and its queue, delivers everything twice, and starts at 2026-01-01T00:00:00Z. The
// test plays the executor. At the end nothing may have been refused, and the fold of the facts is
// the state.
class TaskSchedulerTest : public ::testing::Test {
 protected:
  explicit TaskSchedulerTest(
      HarnessOptions options = {.operators = {OperatorName::task_scheduler,
                                              OperatorName::queue_dispatcher},
                                .delivery = Delivery::twice})
      : core(with_zones(std::move(options), zones)) {}

  void SetUp() override { offer_places(16); }
  void TearDown() override {
    EXPECT_THAT(core.complaints(), ::testing::IsEmpty());
    expect_fold_is_state();
  }

  // A worker that runs so many attempts at once.
  void offer_places(std::uint32_t places, Claim claim = Claim::none) {
    core.submit(Key("default"), WorkerCredit{.worker = WorkerName("w1"),
                                             .epoch = BootEpoch(1),
                                             .lanes = {{.lane = Lane::cpu, .slots = places}},
                                             .claim = claim});
  }

  // The problem of the answer, or "ok".
  template <class Command>
  std::string tell(Command command) {
    command.header.id = CommandId(derived_uuid(fmt::format("command {}", ++commands_)));
    if (command.header.by.empty()) command.header.by = "ops";
    core.submit(key, command);
    answer = core.told_of<TaskAnswer>(FactType::task_answer).back();
    return answer.problem.value_or("ok");
  }
  template <class Message>
  void report(const Message& message) {
    core.submit(key, message);
  }
  std::string create(TaskDefinition definition) {
    return tell(CreateTask{.definition = std::move(definition), .schedule = true});
  }
  std::string define(TaskDefinition definition) {
    return tell(CreateTask{.definition = std::move(definition)});
  }

  // The attempt that an executor was given last.
  AttemptDispatched attempt() {
    for (auto fact = core.told().rbegin(); fact != core.told().rend(); ++fact) {
      if (fact->type != FactType::attempt_dispatched) continue;
      return *from_wire<AttemptDispatched>(fact->payload);
    }
    ADD_FAILURE() << "no attempt was dispatched";
    return {};
  }
  void finish(FinishKind kind = FinishKind::completed, std::string error_code = {}) {
    AttemptFinished finished{.fence = attempt().fence, .kind = kind};
    if (kind != FinishKind::completed) {
      finished.outcome.error_code = error_code.empty() ? "boom" : std::move(error_code);
      finished.outcome.error_message = "It broke.";
    }
    report(finished);
  }
  void fail_attempt() { finish(FinishKind::failed); }
  // The worker's process has died and comes back.
  void lose_worker(std::uint64_t epoch) {
    core.submit(
        Key("default"),
        WorkerLost{.worker = WorkerName("w1"), .epoch = BootEpoch(epoch), .reason = "gone"});
    core.submit(Key("default"), WorkerCredit{.worker = WorkerName("w1"),
                                             .epoch = BootEpoch(epoch + 1),
                                             .lanes = {{.lane = Lane::cpu, .slots = 16}}});
  }

  [[nodiscard]] TaskState state() const {
    return decode_state<TaskState>(
               core.state(OperatorName::task_scheduler, key, kTaskStateSubkey).value())
        .value();
  }
  [[nodiscard]] TaskRow row() const { return task_row(state()); }
  [[nodiscard]] std::string status() const { return std::string(word_of(state().status)); }
  [[nodiscard]] std::string next() const {
    const auto at = row().next_execution;
    return at ? short_text(*at) : "none";
  }
  [[nodiscard]] std::vector<TaskFact> facts() const {
    std::vector<TaskFact> found;
    for (const ToldFact& fact : core.told()) {
      if (fact.topic == Topic::task_events) found.push_back(*from_wire<TaskFact>(fact.payload));
    }
    return found;
  }
  [[nodiscard]] std::size_t told(FactType type) const {
    return static_cast<std::size_t>(std::ranges::count(core.told(), type, &ToldFact::type));
  }
  // The latest row of each run, by number.
  [[nodiscard]] std::map<std::uint32_t, RunRow> runs() const {
    std::map<std::uint32_t, RunRow> rows;
    for (const TaskFact& fact : facts()) {
      if (fact.run) rows.insert_or_assign(fact.run->id.number, *fact.run);
    }
    return rows;
  }
  // One line per run: "1 COMPLETED attempt 1 retries 0".
  [[nodiscard]] std::vector<std::string> run_lines() const {
    std::vector<std::string> lines;
    for (const auto& [number, run] : runs()) {
      lines.push_back(fmt::format("{} {} attempt {} retries {}", number, word_of(run.status),
                                  run.attempt, run.retries));
    }
    return lines;
  }
  // One line per slot or range in the order of decision: "01:00 STARTED on_time",
  // "01:00..03:00 x3 SKIPPED_PAUSED user".
  [[nodiscard]] std::vector<std::string> ledger() const {
    std::vector<std::string> lines;
    for (const TaskFact& fact : facts()) {
      if (!fact.slot) continue;
      std::string time = short_text(fact.slot->first);
      if (fact.slot->count != 1) {
        time += fmt::format("..{} x{}", short_text(*fact.slot->last), fact.slot->count);
      }
      lines.push_back(fmt::format("{} {} {}", time, word_of(fact.slot->disposition),
                                  word_of(fact.slot->reason)));
    }
    return lines;
  }
  // HH:MM on the first day, the date before it on others, seconds only when they say something.
  [[nodiscard]] static std::string short_text(Instant at) {
    std::string text = to_rfc3339(at);
    const std::string day = text.starts_with("2026-01-01") ? "" : text.substr(5, 6);
    if (!text.ends_with(".000Z")) return day + text.substr(11, 12);
    return day + (text.substr(17, 2) == "00" ? text.substr(11, 5) : text.substr(11, 8));
  }

  // Versions have no gap, the last row is the state's, and so is the last row of each active run.
  void expect_fold_is_state() const {
    std::optional<TaskRow> last_row;
    std::uint64_t version = 0;
    for (const TaskFact& fact : facts()) {
      EXPECT_EQ(fact.version.value(), ++version);
      if (fact.row) last_row = fact.row;
    }
    if (!core.state(OperatorName::task_scheduler, key, kTaskStateSubkey)) return;
    EXPECT_TRUE(!facts().empty() && facts().back().row) << "the last fact carries the row";
    EXPECT_EQ(last_row, row());
    const auto told_runs = runs();
    for (const ActiveRun& run : state().active_runs) {
      const auto found = told_runs.find(run.row.id.number);
      ASSERT_NE(found, told_runs.end());
      EXPECT_EQ(found->second.status, run.row.status);
      EXPECT_EQ(found->second.attempt, run.row.attempt);
      EXPECT_EQ(found->second.next_attempt_at, run.row.next_attempt_at);
    }
  }

  TestZones zones;
  CoreHarness core;
  const TaskId id{derived_uuid("the task")};
  const Key key{id.value().raw()};
  TaskAnswer answer;  // The last one.

 private:
  static HarnessOptions with_zones(HarnessOptions options, const TestZones& zones) {
    options.zones = &zones;
    return options;
  }
  int commands_ = 0;
};

}  // namespace carillon
