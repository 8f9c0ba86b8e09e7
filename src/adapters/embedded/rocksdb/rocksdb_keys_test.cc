#include "adapters/embedded/rocksdb/rocksdb_keys.h"

#include <gtest/gtest.h>

namespace carillon::rocksdb_keys {
namespace {

using namespace std::string_literals;

TEST(RocksdbKeys, state_keys_have_the_documented_bytes) {
  std::string key;
  state_key(key, OperatorName::queue_dispatcher, "default", 0x0102);
  EXPECT_EQ(key,
            "\x02\x07"
            "default\0\0\0\0\0\0\x01\x02"s);
  const auto read = read_state_key(key);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, (StateKey{OperatorName::queue_dispatcher, "default", 0x0102}));
}

TEST(RocksdbKeys, wake_up_keys_have_the_documented_bytes_and_sort_by_time) {
  std::string key;
  wake_up_key(key, OperatorName::task_scheduler, "k", Instant::from_unix_ms(258));
  EXPECT_EQ(key, "\x80\0\0\0\0\0\x01\x02\x01k"s);
  EXPECT_EQ(*read_wake_up_key(key),
            (WakeUp{OperatorName::task_scheduler, "k", Instant::from_unix_ms(258)}));
  std::string before;
  wake_up_key(before, OperatorName::task_scheduler, "k", Instant::from_unix_ms(-1));
  EXPECT_LT(before, key);
}

TEST(RocksdbKeys, positions_and_facts_have_the_documented_bytes) {
  std::string key;
  position_key(key, JournalPosition(0x0a0b));
  EXPECT_EQ(key, "\0\0\0\0\0\0\x0a\x0b"s);
  EXPECT_EQ(read_position_key(key), JournalPosition(0x0a0b));
  fact_key(key, Topic::task_events, JournalPosition(1));
  EXPECT_EQ(key, "\x04\0\0\0\0\0\0\0\x01"s);
  EXPECT_EQ(read_fact_key(key), JournalPosition(1));
}

TEST(RocksdbKeys, bytes_of_another_shape_are_no_key) {
  EXPECT_FALSE(read_state_key("\x01\x09short"));
  EXPECT_FALSE(read_wake_up_key("short"));
  EXPECT_FALSE(read_position_key("short"));
  EXPECT_FALSE(read_fact_key("short"));
}

}  // namespace
}  // namespace carillon::rocksdb_keys
