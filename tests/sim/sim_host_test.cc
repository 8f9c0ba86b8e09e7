#include "tests/sim/sim_host.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/words.h"
#include "tests/sim/script_operator.h"

namespace carillon {
namespace {

using testing::ElementsAre;

constexpr auto kTasks = OperatorName::task_scheduler;

SimHostOptions options(std::uint64_t seed = 1) {
  SimHostOptions made;
  made.seed = seed;
  made.start = Instant::from_unix_ms(1'000'000);
  made.make = make_script_operator;
  return made;
}

std::vector<std::string> texts(const std::vector<FactRecord>& facts) {
  std::vector<std::string> list;
  for (const FactRecord& fact : facts) list.push_back(fact.payload);
  return list;
}

TEST(SimHost, answers_what_the_record_said) {
  SimHost host(options());
  const auto answered = host.ask(kTasks, "k", RecordType::update_task, "add 5\nanswer got");
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->position, JournalPosition(1));
  EXPECT_THAT(texts(answered->answers), ElementsAre("got 5"));
}

TEST(SimHost, wakes_keys_at_their_own_moments) {
  SimHost host(options());
  (void)host.ask(kTasks, "late", RecordType::update_task, "wake 1003000");
  (void)host.ask(kTasks, "early", RecordType::update_task, "wake 1001500");
  host.advance(Duration::seconds(10));
  EXPECT_THAT(texts(host.facts()), ElementsAre("due 1001500 at 1001500", "due 1003000 at 1003000"));
}

TEST(SimHost, keeps_state_and_wake_ups_across_a_crash) {
  SimHost host(options());
  (void)host.ask(kTasks, "k", RecordType::update_task, "add 2\nwake 1005000");
  host.crash();
  host.advance(Duration::seconds(60));
  host.start();
  host.settle();
  EXPECT_THAT(texts(host.facts()), ElementsAre("due 1005000 at 1060000"));
  const auto answered = host.ask(kTasks, "k", RecordType::update_task, "add 1\nanswer is");
  EXPECT_THAT(texts(answered->answers), ElementsAre("is 3"));
  EXPECT_EQ(host.store().mark().epoch, BootEpoch(2));
}

TEST(SimHost, gives_the_same_history_for_the_same_seed) {
  const auto history = [](std::uint64_t seed) {
    SimHost host(options(seed));
    std::vector<EngineBatch> batches;
    host.on_batch() = [&](const EngineBatch& batch) { batches.push_back(batch); };
    for (int i = 0; i < 20; ++i) {
      (void)host.submit({.to = kTasks,
                         .type = RecordType::update_task,
                         .key = "k" + std::to_string(i % 3),
                         .payload = "add 1\nanswer a\nsend 2 q add 1 ; fact queued"});
    }
    host.settle();
    return batches;
  };
  EXPECT_EQ(history(7), history(7));
}

TEST(SimExecutor, runs_a_dispatched_attempt_for_its_planned_time) {
  SimExecutor executor(SimExecutor::Options{});
  executor.restart(BootEpoch(3), Instant{});
  AttemptPlan plan;
  plan.takes = Duration::seconds(5);
  plan.kind = FinishKind::failed;
  executor.plan("nightly", {plan});
  AttemptDispatched dispatched;
  dispatched.fence = Fence(9);
  dispatched.worker = WorkerName("sim");
  dispatched.epoch = BootEpoch(3);
  dispatched.name = "nightly";
  const std::vector<FactRecord> facts{{.topic = Topic::task_execution,
                                       .type = FactType::attempt_dispatched,
                                       .payload = to_wire(dispatched)}};
  executor.observe(facts, Instant::from_unix_ms(1000));
  EXPECT_TRUE(executor.take_due(Instant::from_unix_ms(5999)).empty());
  const auto reports = executor.take_due(Instant::from_unix_ms(6000));
  ASSERT_EQ(reports.size(), 1U);
  const auto finished = from_wire<AttemptFinished>(reports.front().payload);
  EXPECT_EQ(finished->fence, Fence(9));
  EXPECT_EQ(finished->kind, FinishKind::failed);
  EXPECT_EQ(executor.witnessed().front().ended, Instant::from_unix_ms(6000));
}

TEST(SimExecutor, ends_a_running_attempt_as_cancelled_when_asked_to_stop) {
  SimExecutor executor(SimExecutor::Options{});
  executor.restart(BootEpoch(1), Instant{});
  AttemptPlan hangs;
  hangs.takes = std::nullopt;
  executor.plan("noop", {hangs});
  AttemptDispatched dispatched;
  dispatched.worker = WorkerName("sim");
  dispatched.epoch = BootEpoch(1);
  dispatched.type = "noop";
  const std::vector<FactRecord> started{{.topic = Topic::task_execution,
                                         .type = FactType::attempt_dispatched,
                                         .payload = to_wire(dispatched)}};
  executor.observe(started, Instant{});
  EXPECT_FALSE(executor.next_event());
  const std::vector<FactRecord> stopped{{.topic = Topic::task_execution,
                                         .type = FactType::attempt_stop_requested,
                                         .payload = to_wire(AttemptStopRequested{})}};
  executor.observe(stopped, Instant{});
  ASSERT_EQ(executor.take_due(Instant{}).size(), 1U);
  EXPECT_EQ(executor.witnessed().front().kind, FinishKind::cancelled);
}

}  // namespace
}  // namespace carillon
