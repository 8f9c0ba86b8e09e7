// How an engine follows clocks that are set back or jump forward.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/script_operator.h"
#include "tests/sim/sim_host.h"

namespace carillon {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

constexpr auto kTasks = OperatorName::task_scheduler;
constexpr Instant at(std::int64_t ms) { return Instant::from_unix_ms(ms); }

SimHostOptions options() {
  SimHostOptions made;
  made.start = at(1'000'000);
  made.make = make_script_operator;
  return made;
}

std::vector<std::string> texts(const SimHost& host) {
  std::vector<std::string> list;
  for (const FactRecord& fact : host.facts()) list.push_back(fact.payload);
  return list;
}

void ask(SimHost& host, std::string key, std::string script) {
  ASSERT_TRUE(host.ask(kTasks, std::move(key), RecordType::update_task, std::move(script)));
}

TEST(EngineClock, fires_nothing_twice_and_nothing_early_when_set_back_by_a_minute) {
  SimHost host(options());
  ask(host, "a", "wake 1000500");
  ask(host, "b", "wake 1030000");
  host.advance(Duration::seconds(1));
  host.clock().set_wall(at(941'000));
  host.settle();
  host.advance_to(at(1'040'000));
  EXPECT_THAT(texts(host), ElementsAre("due 1000500 at 1000500", "due 1030000 at 1030000"));
}

TEST(EngineClock, tells_every_waiting_key_once_when_set_back_by_more_than_a_minute) {
  SimHost host(options());
  ask(host, "a", "wake 1010000");
  ask(host, "b", "wake 1020000");
  ask(host, "idle", "add 1");
  host.clock().set_wall(at(500'000));
  host.settle();
  EXPECT_THAT(texts(host),
              UnorderedElementsAre("stepped 1000000 to 500000", "stepped 1000000 to 500000"));
  EXPECT_FALSE(host.engine().has_backlog());
  host.advance_to(at(530'000));
  EXPECT_THAT(texts(host), testing::IsSupersetOf({std::string("due 510000 at 510000"),
                                                  std::string("due 520000 at 520000")}));
  EXPECT_EQ(host.facts().size(), 4U);
}

TEST(EngineClock, tells_a_key_of_the_step_before_it_sees_any_later_record) {
  SimHostOptions few = options();
  few.engine.batch.clock_notices = 1;
  SimHost host(few);
  for (int i = 0; i < 10; ++i) ask(host, "k" + std::to_string(i), "wake 1010000");
  host.clock().set_wall(at(500'000));
  ASSERT_TRUE(host.submit(
      {.to = kTasks, .type = RecordType::update_task, .key = "k7", .payload = "fact late"}));
  host.settle();
  std::vector<std::string> of_k7;
  for (const FactRecord& fact : host.facts()) {
    if (fact.entity == "k7") of_k7.push_back(fact.payload);
  }
  EXPECT_THAT(of_k7, ElementsAre("stepped 1000000 to 500000", "late"));
  EXPECT_EQ(host.facts().size(), 11U) << "each of the ten keys was told once";
}

TEST(EngineClock, goes_on_telling_the_others_after_a_crash_in_the_middle) {
  SimHostOptions few = options();
  few.engine.batch.clock_notices = 3;
  few.on_failed_commit = SimHostOptions::OnFailedCommit::crash_and_restart;
  for (std::uint64_t failing = 11; failing <= 16; ++failing) {
    for (const auto fate : {CommitFault::Fate::dropped, CommitFault::Fate::kept}) {
      SimHost host(few);
      for (int i = 0; i < 10; ++i) ask(host, "k" + std::to_string(i), "wake 1010000");
      ASSERT_EQ(host.disk().commits, 10U);
      host.disk().commit_faults = {{.commit = failing, .code = ErrorCode::io_failed, .fate = fate}};
      host.clock().set_wall(at(500'000));
      host.settle();
      std::map<Key, int> told;
      for (const auto& [position, record] : host.disk().journal) {
        if (record.type == RecordType::clock_stepped) ++told[record.key];
      }
      EXPECT_EQ(told.size(), 10U);
      for (const auto& [key, times] : told) EXPECT_EQ(times, 1) << key << " commit " << failing;
      for (const auto& [key, wake] : host.disk().wake_ups) EXPECT_EQ(wake, at(510'000));
    }
  }
}

TEST(EngineClock, marks_what_is_due_after_a_jump_forward) {
  SimHost host(options());
  ask(host, "a", "wake 1010000");
  ask(host, "b", "wake 1100000");
  host.clock().set_wall(at(1'050'000));
  host.settle();
  host.advance_to(at(1'100'000));
  EXPECT_THAT(texts(host),
              ElementsAre("due 1010000 at 1050000 after a jump", "due 1100000 at 1100000"));
}

}  // namespace
}  // namespace carillon
