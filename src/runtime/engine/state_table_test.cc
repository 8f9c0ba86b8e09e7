#include "runtime/engine/state_table.h"

#include <map>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "tests/sim/sim_engine_store.h"

namespace carillon {
namespace {

constexpr auto kOp = OperatorName::task_scheduler;

class StateTableTest : public testing::Test {
 protected:
  StateKeyView key(std::string_view name) { return {kOp, name, 0}; }

  std::optional<Bytes> get(std::string_view name) {
    const auto value = table_.get(key(name));
    EXPECT_TRUE(value);
    return *value == nullptr ? std::nullopt : std::optional(**value);
  }

  void store(const std::string& name, Bytes value) {
    disk_.state[{.op = kOp, .key = name, .subkey = 0}] = std::move(value);
  }

  SimDisk disk_;
  SimEngineStore store_{disk_};
  StateTable table_{store_, 4096};
};

TEST_F(StateTableTest, reads_the_store_once_and_remembers) {
  store("a", "1");
  EXPECT_EQ(get("a"), "1");
  EXPECT_EQ(get("a"), "1");
  EXPECT_EQ(get("none"), std::nullopt);
  EXPECT_EQ(get("none"), std::nullopt);
  EXPECT_EQ(disk_.reads, 2U);
}

TEST_F(StateTableTest, shows_changes_that_are_not_committed) {
  store("a", "1");
  table_.put(key("a"), "2");
  EXPECT_EQ(get("a"), "2");
  table_.keep_step();
  table_.put(key("a"), std::nullopt);
  EXPECT_EQ(get("a"), std::nullopt);
}

TEST_F(StateTableTest, forgets_the_changes_of_an_undone_step_only) {
  store("a", "1");
  EXPECT_EQ(get("a"), "1");
  table_.put(key("a"), "2");
  table_.put(key("b"), "kept");
  table_.keep_step();
  table_.put(key("a"), "3");
  table_.put(key("a"), "4");
  table_.put(key("c"), "new");
  table_.undo_step();
  EXPECT_EQ(get("a"), "2");
  EXPECT_EQ(get("c"), std::nullopt);
  const auto changes = table_.seal();
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].value, "2");
  EXPECT_EQ(changes[1].key.key, "b");
}

TEST_F(StateTableTest, tells_each_changed_key_once_with_its_last_value) {
  table_.put(key("a"), "1");
  table_.put(key("a"), "2");
  table_.keep_step();
  table_.put(key("a"), "3");
  table_.keep_step();
  const auto changes = table_.seal();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].value, "3");
  EXPECT_TRUE(table_.seal().empty());
}

TEST_F(StateTableTest, keeps_uncommitted_values_however_many_are_read) {
  table_.put(key("pinned"), "1");
  table_.keep_step();
  (void)table_.seal();
  for (int i = 0; i < 500; ++i) (void)get("other" + std::to_string(i));
  EXPECT_EQ(get("pinned"), "1") << "the store does not have it yet";
  EXPECT_LE(table_.clean_bytes(), 4096U);
}

TEST_F(StateTableTest, keeps_a_value_pinned_while_a_later_batch_has_changed_it) {
  table_.put(key("a"), "1");
  table_.keep_step();
  (void)table_.seal();
  table_.put(key("a"), "2");
  table_.keep_step();
  (void)table_.seal();
  store("a", "1");
  table_.commit_oldest();
  for (int i = 0; i < 500; ++i) (void)get("other" + std::to_string(i));
  EXPECT_EQ(get("a"), "2");
}

TEST_F(StateTableTest, hands_on_a_failed_read_and_remembers_nothing_of_it) {
  store("a", "1");
  disk_.read_fault = 1;
  EXPECT_EQ(table_.get(key("a")).error().code, ErrorCode::io_failed);
  EXPECT_EQ(get("a"), "1");
}

class StateTableModel : public testing::TestWithParam<unsigned> {};

// Steps, undone steps, seals and commits in any order, against a map per moment.
TEST_P(StateTableModel, agrees_with_plain_maps) {
  std::mt19937 random(GetParam());
  SimDisk disk;
  SimEngineStore store(disk);
  StateTable table(store, 2048);
  std::map<std::string, Bytes> model;
  std::deque<std::vector<StateChange>> sealed;
  for (int round = 0; round < 2000; ++round) {
    std::map<std::string, Bytes> step = model;
    for (unsigned change = random() % 4; change > 0; --change) {
      const std::string name = "k" + std::to_string(random() % 30);
      if (random() % 4 == 0) {
        table.put({kOp, name, 0}, std::nullopt);
        step.erase(name);
      } else {
        const std::string value(random() % 60, static_cast<char>('a' + random() % 26));
        table.put({kOp, name, 0}, value);
        step[name] = value;
      }
    }
    if (random() % 5 == 0) {
      table.undo_step();
    } else {
      table.keep_step();
      model = std::move(step);
    }
    if (random() % 7 == 0 && sealed.size() < 2) sealed.push_back(table.seal());
    if (random() % 5 == 0 && !sealed.empty()) {
      for (StateChange& change : sealed.front()) {
        if (change.value) {
          disk.state[change.key] = *change.value;
        } else {
          disk.state.erase(change.key);
        }
      }
      sealed.pop_front();
      table.commit_oldest();
    }
    const std::string asked = "k" + std::to_string(random() % 30);
    const auto value = table.get({kOp, asked, 0});
    ASSERT_TRUE(value);
    const auto expected = model.find(asked);
    ASSERT_EQ(*value != nullptr, expected != model.end()) << asked;
    if (*value != nullptr) ASSERT_EQ(**value, expected->second);
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, StateTableModel, testing::Range(1U, 21U));

}  // namespace
}  // namespace carillon
