#include "adapters/embedded/sqlite/event_chunk.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

TaskEventRef event(std::uint64_t version, std::uint64_t position, std::int64_t ms) {
  return {.position = JournalPosition{position},
          .version = TaskVersion{version},
          .type = FactType::run_completed,
          .at = Instant::from_unix_ms(ms)};
}

TEST(EventChunk, gives_back_what_was_packed) {
  const std::vector<TaskEventRef> events{event(1, 700, 1'767'225'600'000),
                                         event(2, 701, 1'767'225'600'000), event(9, 3, -1),
                                         event(~0ULL, ~0ULL, 1'767'225'600'005)};
  EXPECT_EQ(unpack_events(pack_events(events)).value(), events);
  EXPECT_EQ(unpack_events("").value(), std::vector<TaskEventRef>{});
}

TEST(EventChunk, spends_four_bytes_on_a_fact_beside_another) {
  const std::vector<TaskEventRef> one{event(1, 700, 1'767'225'600'000)};
  const std::vector<TaskEventRef> two{one.front(), event(2, 701, 1'767'225'600'003)};
  EXPECT_EQ(pack_events(two).size() - pack_events(one).size(), 4U);
}

TEST(EventChunk, refuses_bytes_that_end_inside_a_fact) {
  const std::vector<TaskEventRef> events{event(1, 700, 1'767'225'600'000)};
  const Bytes whole = pack_events(events);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_EQ(unpack_events(whole.substr(0, size)).error().code, ErrorCode::corrupt) << size;
  }
}

}  // namespace
}  // namespace carillon
