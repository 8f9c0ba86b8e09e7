// What an engine does when commits and reads fail.
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/script_operator.h"
#include "tests/sim/sim_host.h"

namespace carillon {
namespace {

constexpr auto kTasks = OperatorName::task_scheduler;

SimHostOptions options(std::uint64_t seed, SimHostOptions::OnFailedCommit on_failed_commit) {
  SimHostOptions made;
  made.seed = seed;
  made.start = Instant::from_unix_ms(1'000'000);
  made.make = make_script_operator;
  made.engine.batch.inputs = 3;
  made.on_failed_commit = on_failed_commit;
  return made;
}

// What senders were told and what the world saw of a scripted run.
struct Outcome {
  std::map<int, ErrorCode> refused;  // By the number of the input.
  std::vector<int> acknowledged;
  std::uint64_t commits = 0;
};

// Twelve commands to three keys, each adds 1, leaves a mark of its own, and tells a queue.
Outcome run_script(SimHost& host) {
  Outcome outcome;
  for (int i = 0; i < 12; ++i) {
    const std::string number = std::to_string(i);
    (void)host.submit({.to = kTasks,
                       .type = RecordType::update_task,
                       .key = "k" + std::to_string(i % 3),
                       .payload = "put " + std::to_string(100 + i) + " x\nfact did " + number +
                                  "\nsend 2 q add 1\nwake " + std::to_string(1'001'000 + i),
                       .completion = [&outcome, i](Result<Answered> told) {
                         if (told) {
                           outcome.acknowledged.push_back(i);
                         } else {
                           outcome.refused.emplace(i, told.error().code);
                         }
                       }});
    if (i % 4 == 3) host.settle();
  }
  host.settle();
  host.advance(Duration::seconds(10));
  outcome.commits = host.disk().commits;
  return outcome;
}

bool is_stored(const SimDisk& disk, int i) {
  return disk.state.contains({.op = kTasks,
                              .key = "k" + std::to_string(i % 3),
                              .subkey = static_cast<std::uint64_t>(100 + i)});
}

// Every released fact must be one that the disk has, under its position.
void expect_facts_are_durable(SimHost& host) {
  for (const FactRecord& fact : host.facts()) {
    const auto stored = host.disk().facts.find({fact.topic, fact.position});
    ASSERT_NE(stored, host.disk().facts.end()) << fact.payload;
    EXPECT_EQ(stored->second, fact);
  }
}

struct Fault {
  ErrorCode code;
  CommitFault::Fate fate;
  SimHostOptions::OnFailedCommit then;
};

class EveryCommitFails : public testing::TestWithParam<Fault> {};

TEST_P(EveryCommitFails, once_and_nothing_acknowledged_is_lost) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    std::uint64_t commits = 1;
    for (std::uint64_t failing = 1; failing <= commits; ++failing) {
      SimHost host(options(seed, GetParam().then));
      host.disk().commit_faults = {
          {.commit = failing, .code = GetParam().code, .fate = GetParam().fate}};
      const Outcome outcome = run_script(host);
      commits = std::max(commits, outcome.commits);
      for (const int i : outcome.acknowledged) {
        EXPECT_TRUE(is_stored(host.disk(), i)) << "commit " << failing << " input " << i;
      }
      expect_facts_are_durable(host);
      host.disk().commit_faults.clear();
      // The world goes on: keys wake, and what is asked again is answered.
      EXPECT_TRUE(host.disk().wake_ups.empty());
      EXPECT_TRUE(host.ask(kTasks, "k0", RecordType::update_task, "add 1\nanswer ok"));
    }
    EXPECT_GT(commits, 4U);
  }
}

constexpr auto kReopen = SimHostOptions::OnFailedCommit::reopen;
constexpr auto kCrash = SimHostOptions::OnFailedCommit::crash_and_restart;

INSTANTIATE_TEST_SUITE_P(
    faults, EveryCommitFails,
    testing::Values(Fault{ErrorCode::storage_full, CommitFault::Fate::dropped, kReopen},
                    Fault{ErrorCode::io_failed, CommitFault::Fate::dropped, kReopen},
                    Fault{ErrorCode::outcome_unknown, CommitFault::Fate::dropped, kReopen},
                    Fault{ErrorCode::outcome_unknown, CommitFault::Fate::kept, kReopen},
                    Fault{ErrorCode::io_failed, CommitFault::Fate::dropped, kCrash},
                    Fault{ErrorCode::io_failed, CommitFault::Fate::kept, kCrash}));

TEST(EngineFaults, releases_facts_that_turn_out_to_be_durable_after_all) {
  SimHost host(options(1, SimHostOptions::OnFailedCommit::reopen));
  host.disk().commit_faults = {
      {.commit = 1, .code = ErrorCode::outcome_unknown, .fate = CommitFault::Fate::kept}};
  const auto answered = host.ask(kTasks, "k", RecordType::update_task, "fact happened");
  EXPECT_EQ(answered.error().code, ErrorCode::outcome_unknown);
  ASSERT_EQ(host.facts().size(), 1U);
  EXPECT_EQ(host.facts().front().payload, "happened");
}

TEST(EngineFaults, repeats_an_executors_report_after_a_failed_commit) {
  for (const auto fate : {CommitFault::Fate::dropped, CommitFault::Fate::kept}) {
    SimHost host(options(1, SimHostOptions::OnFailedCommit::reopen));
    host.disk().commit_faults = {{.commit = 1, .code = ErrorCode::outcome_unknown, .fate = fate}};
    bool told = false;
    ASSERT_TRUE(host.submit({.to = kTasks,
                             .type = RecordType::attempt_finished,
                             .input_class = InputClass::kept,
                             .key = "k",
                             .payload = "put 5 finished",
                             .completion = [&](Result<Answered> result) {
                               told = true;
                               EXPECT_TRUE(result);
                             }}));
    host.settle();
    EXPECT_TRUE(told);
    EXPECT_EQ(host.disk().state.at({.op = kTasks, .key = "k", .subkey = 5}), "finished");
  }
}

TEST(EngineFaults, tells_later_batches_that_they_were_certainly_not_written) {
  SimDisk disk;
  disk.commit_faults = {{.commit = 1, .code = ErrorCode::outcome_unknown}};
  SimEngineStore store(disk);
  Intake intake(IntakeLimits{});
  auto engine = *Engine::open({.store = store,
                               .intake = intake,
                               .operators = make_operators(make_script_operator),
                               .zones = nullptr,
                               .options = {}});
  std::vector<ErrorCode> told;
  const auto submit = [&] {
    ASSERT_TRUE(intake.submit(
        {.to = kTasks,
         .type = RecordType::update_task,
         .key = "k",
         .payload = "add 1",
         .completion = [&](Result<Answered> result) { told.push_back(result.error().code); }}));
  };
  std::vector<std::unique_ptr<PendingCommit>> out;
  submit();
  ASSERT_TRUE(engine->step({}));
  out.push_back(engine->seal());
  submit();
  ASSERT_TRUE(engine->step({}));
  auto failed = store.commit(out.front()->batch);
  ASSERT_FALSE(failed);
  engine->abandon(failed.error(), out);
  EXPECT_THAT(told, testing::ElementsAre(ErrorCode::outcome_unknown, ErrorCode::unavailable));
  EXPECT_FALSE(engine->step({}));
}

TEST(EngineFaults, gives_up_the_whole_batch_when_a_read_fails_and_recovers) {
  SimHost host(options(3, SimHostOptions::OnFailedCommit::reopen));
  ASSERT_TRUE(host.ask(kTasks, "k", RecordType::update_task, "add 1"));
  host.crash_and_restart();
  host.disk().read_fault = host.disk().reads + 1;
  const auto answered = host.ask(kTasks, "k", RecordType::update_task, "add 1\nfact half");
  EXPECT_EQ(answered.error().code, ErrorCode::io_failed);
  EXPECT_TRUE(host.facts().empty());
  EXPECT_TRUE(host.disk().dead_letters.empty());
  const auto again = host.ask(kTasks, "k", RecordType::update_task, "add 1\nanswer sum");
  EXPECT_EQ(again->answers.front().payload, "sum 2");
}

TEST(EngineFaults, takes_nothing_while_the_disk_is_full_and_goes_on_when_there_is_room) {
  SimHost host(options(1, SimHostOptions::OnFailedCommit::reopen));
  host.disk().full = true;
  EXPECT_EQ(host.ask(kTasks, "k", RecordType::update_task, "add 1").error().code,
            ErrorCode::storage_full);
  EXPECT_EQ(host.ask(kTasks, "k", RecordType::update_task, "add 1").error().code,
            ErrorCode::storage_full);
  ASSERT_TRUE(host.submit({.to = kTasks,
                           .type = RecordType::attempt_finished,
                           .input_class = InputClass::kept,
                           .key = "k",
                           .payload = "add 10"}));
  host.disk().full = false;
  host.settle();
  const auto answered = host.ask(kTasks, "k", RecordType::update_task, "add 1\nanswer sum");
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->answers.front().payload, "sum 11");
}

}  // namespace
}  // namespace carillon
