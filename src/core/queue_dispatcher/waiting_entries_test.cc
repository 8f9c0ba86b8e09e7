#include "core/queue_dispatcher/waiting_entries.h"

#include <gtest/gtest.h>

#include "domain/id/derived_ids.h"

namespace carillon::queue_dispatcher {
namespace {

WaitingEntry entry(std::uint64_t ordinal) {
  return {.ordinal = ordinal,
          .task = TaskId(derived_uuid(std::to_string(ordinal))),
          .fence = Fence(0x8000000000000000 + ordinal)};
}

TEST(WaitingEntries, are_read_as_they_were_packed) {
  Bytes entries;
  for (const std::uint64_t ordinal : {1, 2, 3}) append_entry(entries, entry(ordinal));
  ASSERT_EQ(entry_count(entries), 3U);
  EXPECT_EQ(entry_at(entries, 0), entry(1));
  EXPECT_EQ(entry_at(entries, 2), entry(3));
}

TEST(WaitingEntries, close_the_gap_of_a_removed_one) {
  Bytes entries;
  for (const std::uint64_t ordinal : {1, 2, 3}) append_entry(entries, entry(ordinal));
  remove_entry(entries, 1);
  EXPECT_EQ(entry_count(entries), 2U);
  EXPECT_EQ(entry_at(entries, 1), entry(3));
}

TEST(WaitingEntries, are_found_by_task_and_fence_together) {
  Bytes entries;
  for (const std::uint64_t ordinal : {1, 2, 3}) append_entry(entries, entry(ordinal));
  EXPECT_EQ(find_entry(entries, entry(2).task, entry(2).fence), 1U);
  EXPECT_EQ(find_entry(entries, entry(2).task, entry(3).fence), std::nullopt);
}

}  // namespace
}  // namespace carillon::queue_dispatcher
