// What every EngineStore must do, as one suite. An adapter instantiates it with its own world:
//
//   INSTANTIATE_TEST_SUITE_P(rocksdb, EngineStoreConformance, testing::Values(make_rocksdb_world));
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ports/engine_store.h"

namespace carillon {

// A place where a store lives through several processes.
class EngineStoreWorld {
 public:
  virtual ~EngineStoreWorld() = default;
  virtual EngineStore& store() = 0;
  virtual void restart() = 0;  // The process ends and another opens the same place.
};

using EngineStoreWorldMaker = std::unique_ptr<EngineStoreWorld> (*)();

class EngineStoreConformance : public testing::TestWithParam<EngineStoreWorldMaker> {
 protected:
  EngineStore& store() { return world_->store(); }
  void restart() { world_->restart(); }

  static Instant at(std::int64_t ms) { return Instant::from_unix_ms(ms); }

  // A batch whose one record has that position.
  static EngineBatch batch(std::uint64_t position, std::string payload = "p") {
    EngineBatch made;
    made.journal.push_back({.position = JournalPosition(position),
                            .at = at(1000),
                            .to = OperatorName::queue_dispatcher,
                            .key = "key",
                            .type = RecordType::run_ready,
                            .derived = true,
                            .payload = std::move(payload)});
    made.last_position = JournalPosition(position);
    made.last_stamp = at(1000);
    return made;
  }

  static StateKey state_key(std::string key, std::uint64_t subkey = 0) {
    return {.op = OperatorName::task_scheduler, .key = std::move(key), .subkey = subkey};
  }

  static FactRecord fact(std::uint64_t position, Topic topic) {
    return {.position = JournalPosition(position),
            .cause = JournalPosition(position - 1),
            .at = at(7),
            .topic = topic,
            .type = FactType::slot_decided,
            .entity = "entity",
            .payload = std::string("with \0 zero", 11)};
  }

  std::vector<WakeUp> wake_ups() {
    std::vector<WakeUp> all;
    EXPECT_TRUE(store().scan_wake_ups([&](const WakeUp& one) { all.push_back(one); }));
    std::ranges::sort(all);
    return all;
  }

 private:
  std::unique_ptr<EngineStoreWorld> world_ = GetParam()();
};

TEST_P(EngineStoreConformance, is_empty_when_new_and_counts_its_openings) {
  EXPECT_EQ(store().mark().last_position, JournalPosition(0));
  EXPECT_EQ(store().mark().journal_from, JournalPosition(1));
  EXPECT_EQ(store().mark().epoch, BootEpoch(1));
  restart();
  EXPECT_EQ(store().mark().epoch, BootEpoch(2));
  ASSERT_TRUE(store().reopen());
  EXPECT_EQ(store().mark().epoch, BootEpoch(2));
}

TEST_P(EngineStoreConformance, keeps_the_mark_of_the_last_commit) {
  EngineBatch first = batch(7);
  first.carried = {{OperatorName::task_scheduler, "k", RecordType::run_ready, "m"}};
  first.clock_step = ClockStepNotice{at(5), at(3), JournalPosition(2)};
  ASSERT_TRUE(store().commit(first));
  restart();
  EXPECT_EQ(store().mark().last_position, JournalPosition(7));
  EXPECT_EQ(store().mark().last_stamp, at(1000));
  EXPECT_EQ(store().mark().carried, first.carried);
  EXPECT_EQ(store().mark().clock_step, first.clock_step);
  ASSERT_TRUE(store().commit(batch(8)));
  EXPECT_TRUE(store().mark().carried.empty());
  EXPECT_FALSE(store().mark().clock_step);
}

TEST_P(EngineStoreConformance, reads_back_journal_records_in_order_and_in_portions) {
  for (std::uint64_t i = 1; i <= 5; ++i) ASSERT_TRUE(store().commit(batch(i * 100)));
  restart();
  const auto two = store().journal_after(JournalPosition(100), 2);
  ASSERT_TRUE(two);
  ASSERT_EQ(two->size(), 2U);
  EXPECT_EQ((*two)[0], batch(200).journal.front());
  EXPECT_EQ((*two)[1], batch(300).journal.front());
  EXPECT_TRUE(store().journal_after(JournalPosition(500), 10)->empty());
}

TEST_P(EngineStoreConformance, keeps_facts_by_topic) {
  EngineBatch written = batch(1);
  written.facts = {fact(2, Topic::task_events), fact(3, Topic::task_responses),
                   fact(4, Topic::task_events)};
  written.last_position = JournalPosition(4);
  ASSERT_TRUE(store().commit(written));
  restart();
  const auto events = store().facts_after(Topic::task_events, JournalPosition(0), 10);
  ASSERT_TRUE(events);
  EXPECT_THAT(*events, testing::ElementsAre(written.facts[0], written.facts[2]));
  EXPECT_EQ(store().facts_after(Topic::task_events, JournalPosition(2), 10)->size(), 1U);
  EXPECT_TRUE(store().facts_after(Topic::task_requests, JournalPosition(0), 10)->empty());
}

TEST_P(EngineStoreConformance, replaces_and_erases_state) {
  EngineBatch first = batch(1);
  first.state = {{state_key("a"), "1"}, {state_key("b"), ""}, {state_key("a", 9), "2"}};
  ASSERT_TRUE(store().commit(first));
  EngineBatch second = batch(2);
  second.state = {{state_key("a"), "changed"}, {state_key("a", 9), std::nullopt}};
  ASSERT_TRUE(store().commit(second));
  restart();
  EXPECT_EQ(*store().get(state_key("a")), "changed");
  EXPECT_EQ(*store().get(state_key("b")), "");
  EXPECT_EQ(*store().get(state_key("a", 9)), std::nullopt);
  EXPECT_EQ(*store().get(state_key("c")), std::nullopt);
}

TEST_P(EngineStoreConformance, reads_values_of_one_key_together_in_the_order_asked) {
  EngineBatch written = batch(1);
  written.state = {{state_key("a", 1), "one"}, {state_key("a", 2), "two"}};
  ASSERT_TRUE(store().commit(written));
  const std::vector<std::uint64_t> subkeys{2, 7, 1};
  const auto values = store().get_together(OperatorName::task_scheduler, "a", subkeys);
  ASSERT_TRUE(values);
  EXPECT_THAT(*values, testing::ElementsAre("two", std::nullopt, "one"));
}

TEST_P(EngineStoreConformance, scans_one_operators_state_with_the_entries_of_a_key_together) {
  EngineBatch written = batch(1);
  written.state = {{state_key("long key", 2), "x"},
                   {state_key("a", 1), "x"},
                   {state_key("long key", 1), "x"},
                   {state_key("a", 256), "x"}};
  written.state.push_back(
      {{.op = OperatorName::queue_dispatcher, .key = "q", .subkey = 0}, "other"});
  ASSERT_TRUE(store().commit(written));
  std::vector<StateKey> seen;
  ASSERT_TRUE(store().scan_state(OperatorName::task_scheduler, {},
                                 [&](const StateKey& key, std::string_view value) {
                                   EXPECT_EQ(value, "x");
                                   seen.push_back(key);
                                   return true;
                                 }));
  EXPECT_THAT(seen, testing::ElementsAre(state_key("a", 1), state_key("a", 256),
                                         state_key("long key", 1), state_key("long key", 2)));
  int visited = 0;
  ASSERT_TRUE(store().scan_state(OperatorName::task_scheduler, {},
                                 [&](const StateKey&, std::string_view) { return ++visited < 2; }));
  EXPECT_EQ(visited, 2);
  seen.clear();
  ASSERT_TRUE(store().scan_state(OperatorName::task_scheduler, "long key",
                                 [&](const StateKey& key, std::string_view) {
                                   seen.push_back(key);
                                   return true;
                                 }));
  EXPECT_THAT(seen, testing::ElementsAre(state_key("long key", 1), state_key("long key", 2)));
}

TEST_P(EngineStoreConformance, lists_each_key_of_an_operator_once) {
  const std::uint64_t last = ~std::uint64_t{0};
  EngineBatch written = batch(1);
  written.state = {{state_key("long key", 2), "x"},    {state_key("a", 1), "x"},
                   {state_key("long key", last), "x"}, {state_key("a", last), "x"},
                   {state_key("b", 0), "x"},           {state_key("gone", 0), "x"}};
  written.state.push_back(
      {{.op = OperatorName::queue_dispatcher, .key = "q", .subkey = 0}, "other"});
  ASSERT_TRUE(store().commit(written));
  EngineBatch erased = batch(2);
  erased.state = {{state_key("gone", 0), std::nullopt}};
  ASSERT_TRUE(store().commit(erased));
  EXPECT_THAT(store().keys_of(OperatorName::task_scheduler).value(),
              testing::UnorderedElementsAre("a", "b", "long key"));
  EXPECT_THAT(store().keys_of(OperatorName::queue_dispatcher).value(), testing::ElementsAre("q"));
  EXPECT_THAT(store().keys_of(OperatorName::workflow_orchestrator).value(), testing::IsEmpty());
}

TEST_P(EngineStoreConformance, keeps_one_wake_up_per_key_and_operator) {
  const auto task = OperatorName::task_scheduler;
  const auto queue = OperatorName::queue_dispatcher;
  EngineBatch first = batch(1);
  first.wake_ups = {{task, "a", std::nullopt, at(10)},
                    {queue, "a", std::nullopt, at(20)},
                    {task, "b", std::nullopt, at(-5)}};
  ASSERT_TRUE(store().commit(first));
  EngineBatch second = batch(2);
  second.wake_ups = {{task, "a", at(10), at(30)}, {task, "b", at(-5), std::nullopt}};
  ASSERT_TRUE(store().commit(second));
  restart();
  EXPECT_THAT(wake_ups(),
              testing::ElementsAre(WakeUp{task, "a", at(30)}, WakeUp{queue, "a", at(20)}));
}

TEST_P(EngineStoreConformance, keeps_dead_letters_with_their_reason) {
  EngineBatch written = batch(3);
  written.dead_letters = {{written.journal.front(), "corrupt: unreadable"}};
  ASSERT_TRUE(store().commit(written));
  restart();
  EXPECT_THAT(*store().dead_letters(10), testing::ElementsAre(written.dead_letters.front()));
}

TEST_P(EngineStoreConformance, keeps_blobs) {
  EXPECT_EQ(*store().get_blob("zones"), std::nullopt);
  ASSERT_TRUE(store().put_blob("zones", "compiled"));
  restart();
  EXPECT_EQ(*store().get_blob("zones"), "compiled");
}

TEST_P(EngineStoreConformance, forgets_history_but_no_state) {
  for (std::uint64_t i = 1; i <= 3; ++i) {
    EngineBatch written = batch(i * 2 - 1);
    written.facts = {fact(i * 2, Topic::task_events)};
    written.last_position = JournalPosition(i * 2);
    written.state = {{state_key("k" + std::to_string(i)), "v"}};
    ASSERT_TRUE(store().commit(written));
  }
  ASSERT_TRUE(store().forget_until(JournalPosition(4)));
  restart();
  EXPECT_EQ(store().mark().journal_from, JournalPosition(5));
  EXPECT_EQ(store().mark().last_position, JournalPosition(6));
  ASSERT_EQ(store().journal_after(JournalPosition(0), 10)->size(), 1U);
  const auto facts = store().facts_after(Topic::task_events, JournalPosition(0), 10);
  EXPECT_EQ(facts->front().position, JournalPosition(6));
  EXPECT_EQ(*store().get(state_key("k1")), "v");
}

TEST_P(EngineStoreConformance, forgets_a_part_of_a_batch) {
  EngineBatch written = batch(1);
  written.journal.push_back(batch(4).journal.front());
  written.facts = {fact(2, Topic::task_events), fact(3, Topic::task_responses),
                   fact(5, Topic::task_events), fact(6, Topic::task_events)};
  written.last_position = JournalPosition(6);
  ASSERT_TRUE(store().commit(written));
  ASSERT_TRUE(store().forget_until(JournalPosition(3)));
  restart();
  EXPECT_THAT(*store().journal_after(JournalPosition(0), 10),
              testing::ElementsAre(written.journal[1]));
  EXPECT_THAT(*store().facts_after(Topic::task_events, JournalPosition(0), 10),
              testing::ElementsAre(written.facts[2], written.facts[3]));
  EXPECT_TRUE(store().facts_after(Topic::task_responses, JournalPosition(0), 10)->empty());
  ASSERT_TRUE(store().forget_until(JournalPosition(6)));
  EXPECT_TRUE(store().journal_after(JournalPosition(0), 10)->empty());
  EXPECT_TRUE(store().facts_after(Topic::task_events, JournalPosition(0), 10)->empty());
}

TEST_P(EngineStoreConformance, finds_each_record_of_a_large_batch) {
  EngineBatch written = batch(1);
  written.journal.clear();
  for (std::uint64_t i = 1; i <= 600; i += 3) {
    written.journal.push_back(batch(i).journal.front());
    written.facts.push_back(fact(i + 1, Topic::task_events));
    if (i % 2 == 0) written.facts.push_back(fact(i + 2, Topic::task_responses));
  }
  written.last_position = JournalPosition(602);
  ASSERT_TRUE(store().commit(written));
  EXPECT_EQ(*store().journal_after(JournalPosition(0), 1'000), written.journal);
  for (const FactRecord& each : written.facts) {
    const JournalPosition before(each.position.value() - 1);
    EXPECT_THAT(*store().facts_after(each.topic, before, 1), testing::ElementsAre(each));
  }
}

}  // namespace carillon
