#include "adapters/system/system_clock.h"

#include <set>

#include <gtest/gtest.h>

#include "adapters/system/system_entropy.h"

namespace carillon {
namespace {

TEST(SystemEntropy, gives_ids_that_differ_and_sort_by_time) {
  SystemEntropy entropy;
  std::set<Uuid> ids;
  for (int i = 0; i < 10'000; ++i) ids.insert(entropy.uuid(Instant::from_unix_ms(i / 100)));
  EXPECT_EQ(ids.size(), 10'000U);
  const Uuid early = entropy.uuid(Instant::from_unix_ms(1'000));
  const Uuid late = entropy.uuid(Instant::from_unix_ms(1'001));
  EXPECT_LT(early, late);
  EXPECT_EQ(early.bytes[6] >> 4, 7);
}

TEST(SystemClock, does_not_go_back) {
  const SystemClock clock;
  const std::int64_t before = clock.monotonic_ns();
  EXPECT_LE(before, clock.monotonic_ns());
  EXPECT_GT(clock.wall().unix_ms(), 1'700'000'000'000);
}

}  // namespace
}  // namespace carillon
