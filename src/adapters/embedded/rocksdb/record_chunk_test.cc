#include "adapters/embedded/rocksdb/record_chunk.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ports/engine_store.h"

namespace carillon {
namespace {

using Entries = std::vector<std::pair<std::uint64_t, std::string>>;

JournalRecord record(std::uint64_t position, std::string payload) {
  JournalRecord made;
  made.position = JournalPosition(position);
  made.payload = std::move(payload);
  return made;
}

Result<Entries> entries_of(std::uint64_t last, std::string_view value) {
  Entries entries;
  ChunkReader reader(JournalPosition(last), value);
  while (true) {
    const auto moved = reader.next();
    if (!moved) return fail(moved.error());
    if (!*moved) return entries;
    entries.emplace_back(reader.position().value(), std::string(reader.bytes()));
  }
}

TEST(RecordChunk, gives_back_what_was_added) {
  RecordChunk chunk;
  Entries added;
  for (const std::uint64_t position : {7U, 8U, 300U}) {
    const auto made = record(position, std::string(position, 'x'));
    chunk.add(made.position, made);
    added.emplace_back(position, to_wire(made));
  }
  EXPECT_EQ(chunk.last(), JournalPosition(300));
  EXPECT_EQ(*entries_of(300, chunk.bytes()), added);
}

TEST(RecordChunk, holds_a_record_that_is_all_defaults) {
  RecordChunk chunk;
  chunk.add(JournalPosition(1), JournalRecord{});
  EXPECT_EQ(*entries_of(1, chunk.bytes()), (Entries{{1, ""}}));
}

TEST(RecordChunk, is_used_again_after_clear) {
  RecordChunk chunk;
  chunk.add(JournalPosition(1), record(1, "a"));
  chunk.clear();
  EXPECT_TRUE(chunk.empty());
  chunk.add(JournalPosition(5), record(5, "b"));
  EXPECT_EQ(chunk.last(), JournalPosition(5));
  EXPECT_EQ(*entries_of(5, chunk.bytes()), (Entries{{5, to_wire(record(5, "b"))}}));
}

TEST(RecordChunk, is_full_by_number_and_by_size) {
  RecordChunk chunk;
  std::uint64_t position = 0;
  while (!chunk.full()) chunk.add(JournalPosition(++position), record(1, "a"));
  EXPECT_EQ(position, 64U);
  chunk.clear();
  chunk.add(JournalPosition(1), record(1, std::string(20'000, 'x')));
  EXPECT_TRUE(chunk.full());
}

TEST(ChunkReader, reads_the_values_of_format_1_as_one_record) {
  const Bytes value = to_wire(record(9, "old"));
  EXPECT_EQ(*entries_of(9, value), (Entries{{9, value}}));
  EXPECT_EQ(*entries_of(9, ""), (Entries{{9, ""}}));
}

TEST(ChunkReader, refuses_a_value_that_ends_inside_a_record) {
  RecordChunk chunk;
  chunk.add(JournalPosition(1), record(1, "a"));
  chunk.add(JournalPosition(2), record(2, "b"));
  const std::size_t whole = to_wire(record(1, "a")).size() + 3;
  for (std::size_t size = 2; size < chunk.bytes().size(); ++size) {
    if (size == whole) continue;  // The first record alone is a chunk, too.
    const auto entries = entries_of(1, chunk.bytes().substr(0, size));
    ASSERT_FALSE(entries) << size;
    EXPECT_EQ(entries.error().code, ErrorCode::corrupt);
  }
}

}  // namespace
}  // namespace carillon
