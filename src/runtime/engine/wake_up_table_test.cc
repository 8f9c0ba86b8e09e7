#include "runtime/engine/wake_up_table.h"

#include <map>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace carillon {
namespace {

constexpr auto kOp = OperatorName::task_scheduler;
constexpr Instant at(std::int64_t ms) { return Instant::from_unix_ms(ms); }

TEST(WakeUpTable, gives_the_earliest_first) {
  WakeUpTable table;
  table.set(kOp, "b", at(20));
  table.set(kOp, "a", at(10));
  table.set(kOp, "c", at(30));
  EXPECT_EQ(table.earliest()->key, "a");
  table.set(kOp, "a", std::nullopt);
  EXPECT_EQ(table.earliest()->key, "b");
  table.set(kOp, "b", at(40));
  EXPECT_EQ(table.earliest()->key, "c");
}

TEST(WakeUpTable, keeps_the_keys_of_two_operators_apart) {
  WakeUpTable table;
  table.set(OperatorName::task_scheduler, "k", at(1));
  table.set(OperatorName::queue_dispatcher, "k", at(2));
  EXPECT_EQ(table.find(OperatorName::task_scheduler, "k"), at(1));
  EXPECT_EQ(table.find(OperatorName::queue_dispatcher, "k"), at(2));
}

TEST(WakeUpTable, tells_each_changed_key_once_with_what_was_before) {
  WakeUpTable table;
  table.load({kOp, "a", at(1)}, WakeUpTable::Notice::none);
  table.set(kOp, "a", at(2));
  table.set(kOp, "a", at(3));
  table.set(kOp, "b", at(4));
  const std::vector<WakeUpChange> expected{{kOp, "a", at(1), at(3)},
                                           {kOp, "b", std::nullopt, at(4)}};
  EXPECT_EQ(table.take_changes(), expected);
  EXPECT_TRUE(table.take_changes().empty());
}

TEST(WakeUpTable, tells_nothing_of_a_key_that_is_back_where_it_was) {
  WakeUpTable table;
  table.load({kOp, "a", at(1)}, WakeUpTable::Notice::none);
  table.set(kOp, "a", std::nullopt);
  table.set(kOp, "a", at(1));
  table.set(kOp, "b", at(5));
  table.set(kOp, "b", std::nullopt);
  EXPECT_TRUE(table.take_changes().empty());
  EXPECT_EQ(table.size(), 1U);
}

TEST(WakeUpTable, owes_a_notice_to_every_key_that_was_waiting_and_to_no_other) {
  WakeUpTable table;
  table.set(kOp, "a", at(1));
  table.set(kOp, "b", at(2));
  table.owe_notices();
  table.set(kOp, "new", at(3));
  table.set(kOp, "b", at(9));
  EXPECT_TRUE(table.owes_notice(kOp, "a"));
  EXPECT_FALSE(table.owes_notice(kOp, "b"));
  EXPECT_FALSE(table.owes_notice(kOp, "new"));
  ASSERT_EQ(table.next_owed()->key, "a");
  table.settle_notice(kOp, "a");
  EXPECT_FALSE(table.next_owed());
}

TEST(WakeUpTable, takes_keys_of_any_length) {
  WakeUpTable table;
  for (std::size_t size = 0; size < 70; ++size) {
    table.set(kOp, std::string(size, 'k'), at(static_cast<std::int64_t>(size)));
  }
  for (std::size_t size = 0; size < 70; ++size) {
    EXPECT_EQ(table.find(kOp, std::string(size, 'k')), at(static_cast<std::int64_t>(size)));
  }
}

// The model: a map by key and a multimap by time.
struct Model {
  std::map<std::string, Instant> by_key;
  std::multimap<Instant, std::string> by_time;

  void set(const std::string& key, std::optional<Instant> when) {
    if (const auto found = by_key.find(key); found != by_key.end()) {
      auto [first, last] = by_time.equal_range(found->second);
      while (first != last && first->second != key) ++first;
      by_time.erase(first);
      by_key.erase(found);
    }
    if (!when) return;
    by_key.emplace(key, *when);
    by_time.emplace(*when, key);
  }
};

class WakeUpTableModel : public testing::TestWithParam<unsigned> {};

TEST_P(WakeUpTableModel, agrees_with_a_multimap_after_any_changes) {
  std::mt19937 random(GetParam());
  WakeUpTable table;
  Model model;
  for (int step = 0; step < 3000; ++step) {
    const std::string key =
        "key-" + std::to_string(random() % 200) + (random() % 2 ? "-of-some-length" : "");
    std::optional<Instant> when;
    if (random() % 3 != 0) when = at(random() % 500);
    table.set(kOp, key, when);
    model.set(key, when);
    if (random() % 50 == 0) (void)table.take_changes();
    ASSERT_EQ(table.size(), model.by_time.size());
    if (model.by_time.empty()) continue;
    ASSERT_EQ(table.earliest()->at, model.by_time.begin()->first);
  }
  while (const auto earliest = table.earliest()) {
    ASSERT_EQ(earliest->at, model.by_time.begin()->first);
    const std::string key(earliest->key);
    ASSERT_EQ(model.by_key.at(key), earliest->at);
    model.set(key, std::nullopt);
    table.set(kOp, key, std::nullopt);
  }
  EXPECT_TRUE(model.by_time.empty());
}

INSTANTIATE_TEST_SUITE_P(seeds, WakeUpTableModel, testing::Range(1U, 21U));

}  // namespace
}  // namespace carillon
