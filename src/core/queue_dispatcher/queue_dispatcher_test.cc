#include "core/queue_dispatcher/queue_dispatcher.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/keyed_state.h"
#include "core/queue_dispatcher/queue_state.h"
#include "domain/id/derived_ids.h"
#include "domain/words.h"
#include "support/core_harness.h"

namespace carillon {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Key kQueue = "default";

TaskId task(int number) { return TaskId(derived_uuid("task " + std::to_string(number))); }

RunReady ready(int number, std::uint64_t fence = 1) {
  return {.task = task(number), .fence = Fence(fence), .priority = 5};
}

WorkerCredit offer(std::uint32_t cpu, std::uint64_t epoch = 1, std::string worker = "w") {
  return {.worker = WorkerName(std::move(worker)),
          .epoch = BootEpoch(epoch),
          .lanes = {{.lane = Lane::cpu, .slots = cpu}}};
}

// A queue on a host that delivers everything twice.
class QueueDispatcherTest : public testing::Test {
 protected:
  void TearDown() override { EXPECT_THAT(core.complaints(), IsEmpty()); }

  template <class Payload>
  void tell(const Payload& payload) {
    core.submit(kQueue, payload);
  }

  // The attempts that were granted since the last call, as "task number:fence" in order.
  std::vector<std::string> grants() { return named(core.sent_of<AttemptGranted>()); }

  // The attempts that were declared lost since the last call.
  std::vector<std::string> losses() { return named(core.sent_of<AttemptLost>()); }

  queue_dispatcher::QueueHeader header() {
    const auto bytes = core.state(OperatorName::queue_dispatcher, kQueue, 0);
    return decode_state<queue_dispatcher::QueueHeader>(bytes.value()).value();
  }

  CoreHarness core{{.operators = {OperatorName::queue_dispatcher}, .delivery = Delivery::twice}};

 private:
  template <class Payload>
  std::vector<std::string> named(const std::vector<std::pair<Key, Payload>>& sent) {
    static const auto kNumbers = [] {
      std::map<Key, int> numbers;
      for (int number = 0; number < 1000; ++number) {
        numbers.emplace(task(number).value().raw(), number);
      }
      return numbers;
    }();
    std::vector<std::string> names;
    for (const auto& [key, payload] : sent) {
      const std::string number = std::to_string(kNumbers.at(key));
      names.push_back(number + ":" + std::to_string(payload.fence.value()));
    }
    core.forget_effects();
    return names;
  }
};

using RunReadyTest = QueueDispatcherTest;
using RunWithdrawnTest = QueueDispatcherTest;
using RunReleasedTest = QueueDispatcherTest;
using WorkerCreditTest = QueueDispatcherTest;
using WorkerLostTest = QueueDispatcherTest;
using QueueChangedTest = QueueDispatcherTest;

TEST_F(RunReadyTest, is_granted_at_once_when_a_place_is_free) {
  tell(WorkerCredit{.worker = WorkerName("w"),
                    .epoch = BootEpoch(3),
                    .lanes = {{.lane = Lane::cpu, .slots = 1}},
                    .claim = Claim::required});
  tell(ready(1, 7));
  const auto granted = core.sent_of<AttemptGranted>();
  ASSERT_THAT(granted, SizeIs(1));
  EXPECT_EQ(granted[0].first, task(1).value().raw());
  EXPECT_EQ(granted[0].second.fence, Fence(7));
  EXPECT_EQ(granted[0].second.worker, WorkerName("w"));
  EXPECT_EQ(granted[0].second.epoch, BootEpoch(3));
  EXPECT_EQ(granted[0].second.claim, Claim::required);
  EXPECT_EQ(header().last_chunk, 0U) << "an attempt that need not wait touches no list";
}

TEST_F(RunReadyTest, waits_when_no_place_is_free) {
  tell(offer(1));
  tell(ready(1));
  tell(ready(2));
  EXPECT_THAT(grants(), ElementsAre("1:1"));
  EXPECT_EQ(header().lists.at(0).count, 1U);
}

TEST_F(RunReadyTest, waits_when_places_are_free_in_other_lanes_only) {
  tell(offer(5));
  RunReady http = ready(1);
  http.lane = Lane::http;
  tell(http);
  EXPECT_THAT(grants(), IsEmpty());
}

TEST_F(RunReadyTest, with_a_fence_seen_before_changes_nothing) {
  tell(offer(5));
  tell(ready(1, 7));
  tell(ready(1, 7));
  tell(ready(1, 6));
  EXPECT_THAT(grants(), ElementsAre("1:7"));
}

TEST_F(RunReadyTest, of_one_task_may_be_several_attempts) {
  tell(offer(2));
  for (const std::uint64_t fence : {1, 2, 3}) tell(ready(1, fence));
  EXPECT_THAT(grants(), ElementsAre("1:1", "1:2"));
  tell(RunReleased{.task = task(1), .fence = Fence(1)});
  EXPECT_THAT(grants(), ElementsAre("1:3"));
}

TEST_F(RunReadyTest, tells_the_world_of_the_queue_the_first_time) {
  tell(offer(1));
  EXPECT_THAT(core.told(), IsEmpty());
  tell(ready(1));
  tell(ready(2));
  EXPECT_THAT(core.told_of<QueueOpened>(FactType::queue_opened),
              ElementsAre(QueueOpened{QueueName(kQueue)}));
  EXPECT_EQ(core.told().at(0).topic, Topic::task_execution);
}

TEST_F(RunReadyTest, of_higher_priority_goes_first_and_equal_ones_in_order_of_arrival) {
  for (const int number : {1, 2, 3, 4}) {
    RunReady run = ready(number);
    run.priority = number == 3 ? 9 : 5;
    run.lane = number == 2 ? Lane::http : Lane::cpu;
    tell(run);
  }
  tell(WorkerCredit{.worker = WorkerName("w"),
                    .epoch = BootEpoch(1),
                    .lanes = {{.lane = Lane::cpu, .slots = 9}, {.lane = Lane::http, .slots = 9}}});
  EXPECT_THAT(grants(), ElementsAre("3:1", "1:1", "2:1", "4:1"));
}

TEST_F(RunReadyTest, with_a_priority_out_of_range_counts_as_the_highest) {
  RunReady eager = ready(1);
  eager.priority = 4'000'000'000;
  tell(eager);
  EXPECT_EQ(header().lists.at(0).priority, limits::kPriorityMax);
}

TEST_F(RunReadyTest, goes_to_the_worker_with_most_free_places) {
  tell(offer(2, 1, "small"));
  tell(offer(3, 1, "large"));
  for (const int number : {1, 2, 3, 4, 5}) tell(ready(number));
  std::vector<std::string> workers;
  for (const auto& [key, granted] : core.sent_of<AttemptGranted>()) {
    workers.push_back(granted.worker.value());
  }
  EXPECT_THAT(workers, ElementsAre("large", "small", "large", "small", "large"));
}

TEST_F(RunWithdrawnTest, removes_a_waiting_attempt_and_only_that) {
  for (const int number : {1, 2, 3}) tell(ready(number));
  tell(RunWithdrawn{.task = task(2), .fence = Fence(1)});
  tell(offer(9));
  EXPECT_THAT(grants(), ElementsAre("1:1", "3:1"));
}

TEST_F(RunWithdrawnTest, of_a_granted_or_unknown_attempt_changes_nothing) {
  tell(offer(1));
  tell(ready(1));
  const auto before = core.states();
  tell(RunWithdrawn{.task = task(1), .fence = Fence(1)});
  tell(RunWithdrawn{.task = task(1), .fence = Fence(2)});
  tell(RunWithdrawn{.task = task(9), .fence = Fence(1)});
  EXPECT_EQ(core.states(), before);
}

TEST_F(RunWithdrawnTest, leaves_no_chunk_behind_wherever_it_empties_one) {
  constexpr int kTasks = 5 * static_cast<int>(limits::kChunkEntries);
  constexpr int kChunk = static_cast<int>(limits::kChunkEntries);
  for (int number = 0; number < kTasks; ++number) tell(ready(number));
  const auto withdraw = [&](int from, int to) {
    for (int number = from; number < to; ++number) {
      tell(RunWithdrawn{.task = task(number), .fence = Fence(1)});
    }
  };
  const auto chunks = [&] {
    int count = 0;
    for (std::uint64_t number = 1; number <= header().last_chunk; ++number) {
      const Subkey subkey = queue_dispatcher::chunk_subkey(number);
      if (core.state(OperatorName::queue_dispatcher, kQueue, subkey)) ++count;
    }
    return count;
  };
  ASSERT_EQ(chunks(), 5);
  withdraw(2 * kChunk, 3 * kChunk);  // From the middle,
  EXPECT_EQ(chunks(), 4);
  withdraw(0, kChunk);  // from the front,
  EXPECT_EQ(chunks(), 3);
  withdraw(4 * kChunk, 5 * kChunk);  // from the back.
  EXPECT_EQ(chunks(), 2);

  tell(ready(900));
  tell(offer(2));
  EXPECT_THAT(grants(), ElementsAre("64:1", "65:1"));
  withdraw(3 * kChunk, 4 * kChunk);
  withdraw(kChunk, 2 * kChunk);  // The head, of which two were taken.
  tell(offer(3));
  EXPECT_THAT(grants(), ElementsAre("900:1"));
  EXPECT_EQ(chunks(), 0);
  EXPECT_THAT(header().lists, IsEmpty());
}

TEST_F(RunReleasedTest, gives_the_place_to_the_next) {
  tell(offer(1));
  for (const int number : {1, 2, 3}) tell(ready(number));
  EXPECT_THAT(grants(), ElementsAre("1:1"));
  tell(RunReleased{.task = task(1), .fence = Fence(1)});
  EXPECT_THAT(grants(), ElementsAre("2:1"));
}

TEST_F(RunReleasedTest, of_a_waiting_or_unknown_attempt_changes_nothing) {
  tell(ready(1));
  const auto before = core.states();
  tell(RunReleased{.task = task(1), .fence = Fence(1)});
  tell(RunReleased{.task = task(2), .fence = Fence(1)});
  EXPECT_EQ(core.states(), before);
}

TEST_F(RunReleasedTest, remembers_the_fence_until_the_task_is_forgotten) {
  tell(offer(1));
  tell(ready(1, 4));
  tell(RunReleased{.task = task(1), .fence = Fence(4)});
  tell(ready(1, 4));
  EXPECT_THAT(grants(), ElementsAre("1:4"));
  tell(RunReleased{.task = task(1), .fence = Fence(4), .forget = true});
  EXPECT_EQ(core.states().size(), 1U) << "only the header is left";
}

TEST_F(RunReleasedTest, that_forgets_gives_up_every_place_of_the_task) {
  tell(offer(1));
  tell(ready(1, 1));
  tell(ready(1, 2));
  tell(ready(2, 1));
  EXPECT_THAT(grants(), ElementsAre("1:1"));
  tell(RunReleased{.task = task(1), .fence = Fence(2), .forget = true});
  EXPECT_THAT(grants(), ElementsAre("2:1"));
  EXPECT_EQ(header().running, 1U);
}

TEST_F(WorkerCreditTest, replaces_the_former_offer) {
  tell(offer(2));
  tell(offer(3));
  for (const int number : {1, 2, 3, 4}) tell(ready(number));
  EXPECT_THAT(grants(), SizeIs(3));
}

TEST_F(WorkerCreditTest, that_shrinks_takes_free_places_first_and_used_ones_when_released) {
  tell(offer(3));
  for (const int number : {1, 2}) tell(ready(number));
  tell(offer(1));
  tell(ready(3));
  EXPECT_THAT(grants(), ElementsAre("1:1", "2:1"));
  tell(RunReleased{.task = task(1), .fence = Fence(1)});
  EXPECT_THAT(grants(), IsEmpty());
  tell(RunReleased{.task = task(2), .fence = Fence(1)});
  EXPECT_THAT(grants(), ElementsAre("3:1"));
}

TEST_F(WorkerCreditTest, of_an_older_epoch_is_ignored) {
  tell(offer(1, 5));
  tell(offer(9, 4));
  for (const int number : {1, 2}) tell(ready(number));
  EXPECT_THAT(grants(), ElementsAre("1:1"));
}

TEST_F(WorkerCreditTest, of_a_newer_epoch_loses_what_the_older_one_held) {
  tell(offer(2, 1));
  for (const int number : {1, 2, 3}) tell(ready(number));
  grants();
  tell(offer(1, 2));
  const auto sent = core.sent();
  EXPECT_THAT(losses(), ElementsAre("1:1", "2:1"));
  ASSERT_THAT(sent, SizeIs(3));
  const auto granted = from_wire<AttemptGranted>(sent[2].payload).value();
  EXPECT_EQ(granted.epoch, BootEpoch(2));
  EXPECT_THAT(header().workers, SizeIs(1));

  tell(RunReleased{.task = task(1), .fence = Fence(1)});  // Too late: it was lost.
  EXPECT_EQ(header().running, 1U);
}

TEST_F(WorkerCreditTest, is_bounded_and_offers_nothing_for_workflows) {
  tell(WorkerCredit{
      .worker = WorkerName("w"),
      .epoch = BootEpoch(1),
      .lanes = {{.lane = Lane::cpu, .slots = 1'000'000}, {.lane = Lane::workflow, .slots = 1}}});
  ASSERT_THAT(header().workers.at(0).lanes, SizeIs(1));
  EXPECT_EQ(header().workers[0].lanes[0].offered, limits::kWorkerSlots);
}

TEST_F(WorkerCreditTest, of_more_workers_than_a_queue_takes_is_not_used) {
  for (std::size_t i = 0; i <= limits::kWorkersPerQueue; ++i) {
    tell(offer(1, 1, "w" + std::to_string(i)));
  }
  EXPECT_THAT(header().workers, SizeIs(limits::kWorkersPerQueue));
  tell(WorkerLost{.worker = WorkerName("w3"), .epoch = BootEpoch(1)});
  tell(offer(1, 1, "one more"));
  EXPECT_EQ(header().workers.at(3).name, WorkerName("one more"));
}

TEST_F(WorkerLostTest, tells_the_tasks_and_lets_others_take_over) {
  tell(offer(1, 1, "a"));
  tell(offer(1, 1, "b"));
  for (const int number : {1, 2, 3}) tell(ready(number));
  grants();
  tell(WorkerLost{.worker = WorkerName("a"), .epoch = BootEpoch(1), .reason = "lease expired"});
  const auto lost = core.sent_of<AttemptLost>();
  ASSERT_THAT(lost, SizeIs(1));
  EXPECT_EQ(lost[0].first, task(1).value().raw());
  EXPECT_EQ(lost[0].second.reason, "lease expired");
  EXPECT_THAT(grants(), IsEmpty());
  tell(RunReleased{.task = task(2), .fence = Fence(1)});
  EXPECT_THAT(grants(), ElementsAre("3:1"));
}

TEST_F(WorkerLostTest, refuses_later_offers_of_the_same_life) {
  tell(offer(1));
  tell(WorkerLost{.worker = WorkerName("w"), .epoch = BootEpoch(1)});
  tell(offer(1));
  tell(ready(1));
  EXPECT_THAT(grants(), IsEmpty());
  tell(offer(1, 2));
  EXPECT_THAT(grants(), ElementsAre("1:1"));
}

TEST_F(WorkerLostTest, of_an_older_life_or_an_unknown_worker_changes_nothing) {
  tell(offer(1, 2));
  tell(ready(1));
  const auto before = core.states();
  tell(WorkerLost{.worker = WorkerName("w"), .epoch = BootEpoch(1)});
  tell(WorkerLost{.worker = WorkerName("x"), .epoch = BootEpoch(9)});
  EXPECT_EQ(core.states(), before);
}

TEST_F(WorkerLostTest, leaves_nothing_of_its_places_behind) {
  tell(offer(9));
  for (const int number : {1, 2, 3}) tell(ready(number));
  tell(WorkerLost{.worker = WorkerName("w"), .epoch = BootEpoch(1)});
  EXPECT_EQ(header().running, 0U);
  EXPECT_EQ(core.states().size(), 4U) << "the header and what is known of three tasks";
  EXPECT_THAT(header().workers.at(0).lanes, IsEmpty());
}

TEST_F(QueueChangedTest, limits_how_many_run_at_once) {
  tell(offer(9));
  tell(QueueChanged{.concurrency_max = 2});
  for (const int number : {1, 2, 3, 4}) tell(ready(number));
  EXPECT_THAT(grants(), ElementsAre("1:1", "2:1"));
  tell(QueueChanged{.concurrency_max = 3});
  EXPECT_THAT(grants(), ElementsAre("3:1"));
  tell(QueueChanged{});
  EXPECT_THAT(grants(), ElementsAre("4:1"));
}

TEST_F(QueueChangedTest, that_pauses_holds_back_further_grants) {
  tell(offer(9));
  tell(QueueChanged{.paused = true});
  tell(ready(1));
  EXPECT_THAT(grants(), IsEmpty());
  tell(QueueChanged{});
  EXPECT_THAT(grants(), ElementsAre("1:1"));
}

TEST_F(QueueDispatcherTest, does_bounded_work_per_record_and_goes_on_by_itself) {
  constexpr int kTasks = 200;
  for (int number = 0; number < kTasks; ++number) tell(ready(number));
  core.forget_effects();
  core.post(kQueue, offer(kTasks));
  ASSERT_TRUE(core.run_one());
  EXPECT_THAT(grants(), SizeIs(limits::kGrantsPerStep));
  EXPECT_EQ(core.wake_up(OperatorName::queue_dispatcher, kQueue), core.now());
  core.run();
  EXPECT_THAT(grants(), SizeIs(kTasks - limits::kGrantsPerStep));

  core.post(kQueue, WorkerLost{.worker = WorkerName("w"), .epoch = BootEpoch(1)});
  ASSERT_TRUE(core.run_one());
  EXPECT_THAT(losses(), SizeIs(limits::kGrantsPerStep));
  core.run();
  EXPECT_THAT(losses(), SizeIs(kTasks - limits::kGrantsPerStep));
  EXPECT_EQ(core.wake_up(OperatorName::queue_dispatcher, kQueue), std::nullopt);
}

TEST_F(QueueDispatcherTest, grants_nothing_more_when_paused_between_two_steps) {
  for (int number = 0; number < 100; ++number) tell(ready(number));
  core.forget_effects();
  core.post(kQueue, offer(100));
  core.post(kQueue, QueueChanged{.paused = true});
  core.run();
  EXPECT_THAT(grants(), SizeIs(limits::kGrantsPerStep));
  EXPECT_EQ(core.wake_up(OperatorName::queue_dispatcher, kQueue), std::nullopt);
}

TEST_F(QueueDispatcherTest, ignores_a_wake_up_that_it_did_not_ask_for) {
  for (int number = 0; number < 100; ++number) tell(ready(number));
  core.post(kQueue, offer(100));
  ASSERT_TRUE(core.run_one());
  grants();
  core.post({.to = OperatorName::queue_dispatcher,
             .key = kQueue,
             .type = RecordType::due,
             .payload = to_wire(Due{.at = core.now() - Duration::seconds(1)})});
  ASSERT_TRUE(core.run_one());
  EXPECT_THAT(grants(), IsEmpty());
}

TEST_F(QueueDispatcherTest, lets_nobody_overtake_those_who_wait_for_the_next_step) {
  for (int number = 0; number < 100; ++number) tell(ready(number));
  core.forget_effects();
  core.post(kQueue, offer(101));
  core.post(kQueue, ready(500));
  core.run();
  const auto order = grants();
  ASSERT_THAT(order, SizeIs(101));
  EXPECT_EQ(order.back(), "500:1");
}

TEST_F(QueueDispatcherTest, keeps_the_order_of_arrival_over_lanes_when_a_chunk_ends) {
  constexpr int kChunk = static_cast<int>(limits::kChunkEntries);
  for (int number = 0; number <= kChunk + 1; ++number) {
    RunReady run = ready(number);
    if (number == kChunk) run.lane = Lane::http;
    tell(run);
  }
  tell(
      WorkerCredit{.worker = WorkerName("w"),
                   .epoch = BootEpoch(1),
                   .lanes = {{.lane = Lane::cpu, .slots = 99}, {.lane = Lane::http, .slots = 99}}});
  const auto order = grants();
  ASSERT_THAT(order, SizeIs(kChunk + 2));
  EXPECT_EQ(order[kChunk], std::to_string(kChunk) + ":1");
}

TEST_F(QueueDispatcherTest, keeps_its_header_small_however_many_wait) {
  constexpr int kTasks = 1000;
  for (int number = 0; number < kTasks; ++number) {
    RunReady run = ready(number);
    run.priority = static_cast<std::uint32_t>(number % 10);
    tell(run);
  }
  EXPECT_LT(core.state(OperatorName::queue_dispatcher, kQueue, 0)->size(), 300U);
}

TEST(QueueDispatcher, refuses_records_of_other_operators_and_bytes_it_cannot_read) {
  CoreHarness core({.operators = {OperatorName::queue_dispatcher}});
  core.post({.to = OperatorName::queue_dispatcher, .key = kQueue, .type = RecordType::run_now});
  core.post({.to = OperatorName::queue_dispatcher,
             .key = kQueue,
             .type = RecordType::run_ready,
             .payload = "\xff"});
  core.run();
  EXPECT_THAT(core.complaints(), SizeIs(2));
  EXPECT_THAT(core.states(), IsEmpty());
}

}  // namespace
}  // namespace carillon
