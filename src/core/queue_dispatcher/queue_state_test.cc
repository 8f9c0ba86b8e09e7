#include "core/queue_dispatcher/queue_state.h"

#include <set>

#include <gtest/gtest.h>

#include "core/keyed_state.h"
#include "domain/id/derived_ids.h"

namespace carillon::queue_dispatcher {
namespace {

const TaskId kFirst{derived_uuid("first")};
const TaskId kSecond{derived_uuid("second")};

TEST(TaskBucket, keeps_tasks_that_share_a_subkey_apart) {
  TaskBucket bucket;
  bucket.find_or_add(kFirst).last_fence = Fence(7);
  bucket.find_or_add(kSecond).last_fence = Fence(8);
  bucket = decode_state<TaskBucket>(encode_state(bucket)).value();

  ASSERT_EQ(bucket.tasks.size(), 2U);
  EXPECT_EQ(bucket.find(kFirst)->last_fence, Fence(7));
  EXPECT_EQ(bucket.find_or_add(kSecond).last_fence, Fence(8));
  bucket.erase(kFirst);
  EXPECT_EQ(bucket.find(kFirst), nullptr);
  EXPECT_NE(bucket.find(kSecond), nullptr);
}

TEST(TaskEntry, finds_and_erases_attempts_by_fence) {
  TaskEntry entry{.task = kFirst, .attempts = {{.fence = Fence(1)}, {.fence = Fence(2)}}};
  EXPECT_EQ(entry.find(Fence(2))->fence, Fence(2));
  entry.erase(Fence(1));
  EXPECT_EQ(entry.find(Fence(1)), nullptr);
  EXPECT_EQ(entry.attempts.size(), 1U);
}

TEST(QueueSubkeys, of_different_kinds_never_meet) {
  const std::set<Subkey> subkeys{kHeaderSubkey,       chunk_subkey(0),     chunk_subkey(1),
                                 slot_subkey(0, 1),   slot_subkey(1, 0),   slot_subkey(0, 0),
                                 task_subkey(kFirst), task_subkey(kSecond)};
  EXPECT_EQ(subkeys.size(), 8U);
}

}  // namespace
}  // namespace carillon::queue_dispatcher
