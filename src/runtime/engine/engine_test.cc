#include "runtime/engine/engine.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/record/task_messages.h"
#include "tests/sim/script_operator.h"
#include "tests/sim/sim_engine_store.h"

namespace carillon {
namespace {

using testing::ElementsAre;

constexpr auto kTasks = OperatorName::task_scheduler;

class CollectingSink final : public EffectSink {
 public:
  void release(std::span<const FactRecord> facts) override {
    for (const FactRecord& fact : facts) texts.push_back(fact.payload);
  }
  std::vector<std::string> texts;
};

class EngineTest : public testing::Test {
 protected:
  EngineTest() { open({}); }

  void open(BatchLimits limits) {
    engine_.reset();
    auto opened = Engine::open({.store = store_,
                                .intake = intake_,
                                .operators = make_operators(make_script_operator),
                                .zones = nullptr,
                                .options = {.batch = limits, .state_cache_bytes = 1 << 20}});
    ASSERT_TRUE(opened);
    engine_ = std::move(*opened);
  }

  void submit(std::string key, std::string script, InputClass input_class = InputClass::client) {
    ASSERT_TRUE(intake_.submit(
        {.to = kTasks,
         .type = RecordType::update_task,
         .input_class = input_class,
         .key = std::move(key),
         .payload = std::move(script),
         .completion = [this](Result<Answered> told) { told_.push_back(std::move(told)); }}));
  }

  std::unique_ptr<PendingCommit> step_and_seal(std::int64_t wall_ms = 1000) {
    EXPECT_TRUE(engine_->step({Instant::from_unix_ms(wall_ms), wall_ms * 1'000'000}));
    return engine_->seal();
  }

  void commit(PendingCommit& pending) {
    ASSERT_TRUE(store_.commit(pending.batch));
    pending.release(sink_);
    engine_->on_committed(pending.batch.last_position);
  }

  SimDisk disk_;
  SimEngineStore store_{disk_};
  Intake intake_{IntakeLimits{}};
  CollectingSink sink_;
  std::vector<Result<Answered>> told_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(EngineTest, tells_nobody_anything_before_the_batch_is_durable) {
  submit("k", "add 1\nfact done\nanswer sum");
  auto pending = step_and_seal();
  EXPECT_TRUE(told_.empty());
  EXPECT_TRUE(sink_.texts.empty());
  commit(*pending);
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_.front()->answers.front().payload, "sum 1");
  EXPECT_THAT(sink_.texts, ElementsAre("done", "sum 1"));
}

TEST_F(EngineTest, steps_a_batch_on_top_of_one_that_is_not_durable_yet) {
  submit("k", "add 1");
  auto first = step_and_seal();
  submit("k", "add 1\nanswer sum");
  auto second = step_and_seal();
  commit(*first);
  EXPECT_EQ(told_.size(), 1U);
  commit(*second);
  EXPECT_EQ(told_.back()->answers.front().payload, "sum 2");
}

TEST_F(EngineTest, follows_messages_to_their_end_within_the_batch) {
  submit("k", "send 2 q fact queued ; send 1 k fact granted ;; add 5");
  auto pending = step_and_seal();
  ASSERT_EQ(pending->batch.journal.size(), 3U);
  EXPECT_FALSE(pending->batch.journal[0].derived);
  EXPECT_TRUE(pending->batch.journal[1].derived);
  EXPECT_EQ(pending->batch.journal[1].to, OperatorName::queue_dispatcher);
  EXPECT_TRUE(pending->batch.journal[2].derived);
  commit(*pending);
  EXPECT_THAT(sink_.texts, ElementsAre("queued", "granted"));
}

TEST_F(EngineTest, numbers_records_and_facts_in_one_sequence_and_names_causes) {
  submit("k", "fact a\nfact b\nsend 2 q fact c");
  auto pending = step_and_seal();
  const EngineBatch& batch = pending->batch;
  EXPECT_EQ(batch.journal[0].position, JournalPosition(1));
  EXPECT_EQ(batch.facts[0].position, JournalPosition(2));
  EXPECT_EQ(batch.facts[1].cause, JournalPosition(1));
  EXPECT_EQ(batch.journal[1].position, JournalPosition(4));
  EXPECT_EQ(batch.facts[2].cause, JournalPosition(4));
  EXPECT_EQ(batch.last_position, JournalPosition(5));
}

TEST_F(EngineTest, gives_a_sender_the_answers_of_its_whole_chain_and_of_no_other) {
  submit("k", "send 4 d send 1 k answer deep");
  submit("k", "answer other");
  commit(*step_and_seal());
  ASSERT_EQ(told_.size(), 2U);
  ASSERT_EQ(told_[0]->answers.size(), 1U);
  EXPECT_EQ(told_[1]->answers.front().payload, "other 0");
}

TEST_F(EngineTest, fires_what_is_due_with_the_time_that_was_asked) {
  submit("k", "wake 1500");
  commit(*step_and_seal(1000));
  EXPECT_EQ(engine_->next_due(), Instant::from_unix_ms(1500));
  EXPECT_EQ(step_and_seal(1499), nullptr);
  auto pending = step_and_seal(1700);
  ASSERT_TRUE(pending);
  const JournalRecord& due = pending->batch.journal.front();
  EXPECT_EQ(due.type, RecordType::due);
  EXPECT_EQ(due.at, Instant::from_unix_ms(1700));
  EXPECT_EQ(from_wire<Due>(due.payload)->at, Instant::from_unix_ms(1500));
  commit(*pending);
  EXPECT_THAT(sink_.texts, ElementsAre("due 1500 at 1700"));
  EXPECT_EQ(engine_->wake_ups_pending(), 0U);
  EXPECT_TRUE(disk_.wake_ups.empty());
}

TEST_F(EngineTest, cancels_and_replaces_a_wake_up_within_a_batch) {
  submit("a", "wake 2000");
  submit("a", "wake 3000");
  submit("b", "wake 2000");
  submit("b", "wake never");
  auto pending = step_and_seal();
  ASSERT_EQ(pending->batch.wake_ups.size(), 1U);
  EXPECT_EQ(pending->batch.wake_ups.front().after, Instant::from_unix_ms(3000));
}

TEST_F(EngineTest, buries_a_record_that_its_operator_refuses_and_goes_on) {
  submit("k", "add 7\nwake 9000\nfact never\nsend 2 q fact never\nrefuse");
  submit("k", "add 1\nanswer sum");
  commit(*step_and_seal());
  ASSERT_EQ(told_.size(), 2U);
  EXPECT_EQ(told_[0].error().code, ErrorCode::corrupt);
  EXPECT_EQ(told_[1]->answers.front().payload, "sum 1");
  EXPECT_THAT(sink_.texts, ElementsAre("sum 1"));
  ASSERT_EQ(disk_.dead_letters.size(), 1U);
  EXPECT_EQ(disk_.dead_letters.front().reason, "corrupt: The script refuses.");
  EXPECT_TRUE(disk_.wake_ups.empty());
}

TEST_F(EngineTest, keeps_the_answer_of_a_command_whose_later_message_is_refused) {
  submit("k", "answer yes\nsend 2 q refuse");
  submit("k", "send 2 q refuse");
  commit(*step_and_seal());
  EXPECT_EQ(told_[0]->answers.front().payload, "yes 0");
  EXPECT_EQ(told_[1].error().code, ErrorCode::corrupt);
}

TEST_F(EngineTest, takes_a_bounded_number_of_inputs_into_a_batch) {
  open({.inputs = 3});
  for (int i = 0; i < 7; ++i) submit("k", "add 1");
  EXPECT_EQ(step_and_seal()->batch.journal.size(), 3U);
}

// So that a host can seal between two steps what a thousand waiting inputs would put off.
TEST_F(EngineTest, takes_a_turn_of_inputs_and_one_of_wake_ups_in_a_step) {
  for (const char* key : {"a", "b", "c"}) submit(key, "wake 2000");
  commit(*step_and_seal());
  open({.turn = 2});
  for (int i = 0; i < 3; ++i) submit("k", "add 1");
  EXPECT_EQ(step_and_seal(3000)->batch.journal.size(), 2U);  // Inputs first at a start.
  EXPECT_EQ(step_and_seal(3000)->batch.journal.size(), 3U);  // The third, and two wake-ups.
}

TEST_F(EngineTest, adds_to_the_open_batch_until_it_is_sealed) {
  submit("k", "add 1");
  ASSERT_TRUE(engine_->step({Instant::from_unix_ms(1000), 0}));
  submit("k", "add 1");
  EXPECT_EQ(step_and_seal()->batch.journal.size(), 2U);
}

TEST_F(EngineTest, carries_a_chain_that_is_longer_than_a_batch) {
  open({.records = 2});
  submit("k", "send 1 a fact 1 ; send 1 b fact 2 ;; send 1 c answer end");
  submit("k", "answer next");
  auto first = step_and_seal();
  EXPECT_EQ(first->batch.journal.size(), 2U);
  ASSERT_EQ(first->batch.carried.size(), 1U);
  commit(*first);
  EXPECT_TRUE(told_.empty());
  auto second = step_and_seal();
  EXPECT_TRUE(second->batch.carried.empty());
  commit(*second);
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0]->position, JournalPosition(1));
  EXPECT_EQ(told_[0]->answers.front().payload, "end 0");
  commit(*step_and_seal());
  EXPECT_EQ(told_[1]->answers.front().payload, "next 0");
}

TEST_F(EngineTest, goes_on_with_a_carried_chain_after_a_restart) {
  open({.records = 2});
  submit("k", "send 1 a fact 1 ; send 1 b fact 2 ;; send 1 c fact 3");
  commit(*step_and_seal());
  open({.records = 2});
  EXPECT_TRUE(engine_->has_backlog());
  commit(*step_and_seal());
  EXPECT_THAT(sink_.texts, ElementsAre("1", "2", "3"));
}

TEST_F(EngineTest, rebuilds_its_wake_ups_from_the_store) {
  submit("a", "wake 5000");
  submit("b", "wake 4000");
  commit(*step_and_seal());
  open({});
  EXPECT_EQ(engine_->opened().wake_ups, 2U);
  EXPECT_EQ(engine_->next_due(), Instant::from_unix_ms(4000));
  commit(*step_and_seal(6000));
  EXPECT_THAT(sink_.texts, ElementsAre("due 4000 at 6000", "due 5000 at 6000"));
}

TEST_F(EngineTest, takes_what_waits_at_its_start_before_what_is_due_in_however_many_batches) {
  submit("late", "wake 4000");
  commit(*step_and_seal());
  open({.inputs = 2});
  for (int i = 1; i <= 3; ++i) submit("offer", "fact offer");
  commit(*step_and_seal(6000));
  EXPECT_THAT(sink_.texts, ElementsAre("offer", "offer"));
  submit("later", "fact later");
  commit(*step_and_seal(6000));
  EXPECT_THAT(sink_.texts, ElementsAre("offer", "offer", "offer", "later", "due 4000 at 6000"));
}

TEST_F(EngineTest, stamps_records_no_earlier_than_before_the_restart) {
  submit("k", "add 1");
  commit(*step_and_seal(9000));
  open({});
  submit("k", "add 1");
  EXPECT_EQ(step_and_seal(8000)->batch.journal.front().at, Instant::from_unix_ms(9000));
}

TEST_F(EngineTest, makes_the_same_bytes_of_the_same_inputs) {
  const auto batches = [] {
    SimDisk disk;
    SimEngineStore store(disk);
    Intake intake(IntakeLimits{});
    auto engine = *Engine::open({.store = store,
                                 .intake = intake,
                                 .operators = make_operators(make_script_operator),
                                 .zones = nullptr,
                                 .options = {}});
    CollectingSink sink;
    std::vector<EngineBatch> made;
    for (int round = 0; round < 50; ++round) {
      for (int i = 0; i < round % 7; ++i) {
        const std::string wake = std::to_string(1000 + (round * 37 + i * 11) % 40 * 10);
        (void)intake.submit({.to = kTasks,
                             .type = RecordType::update_task,
                             .key = "k" + std::to_string(i),
                             .payload = "add 1\nwake " + wake + "\nsend 2 q add 1 ; fact q"});
      }
      (void)engine->step({Instant::from_unix_ms(1000 + round * 10), round});
      auto pending = engine->seal();
      if (!pending) continue;
      EXPECT_TRUE(store.commit(pending->batch));
      engine->on_committed(pending->batch.last_position);
      made.push_back(std::move(pending->batch));
    }
    return made;
  };
  EXPECT_EQ(batches(), batches());
}

}  // namespace
}  // namespace carillon
