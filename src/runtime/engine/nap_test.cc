#include "runtime/engine/nap.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

constexpr Instant at(std::int64_t ms) { return Instant::from_unix_ms(ms); }

TEST(Nap, lasts_until_the_earliest_wake_up) {
  EXPECT_EQ(nap_ns(at(130), at(100), at(101)), 29'000'000);
}

TEST(Nap, is_never_longer_than_the_wall_clock_may_go_unread) {
  EXPECT_EQ(nap_ns({}, at(100), at(101)), kNapMaxNs);
  EXPECT_EQ(nap_ns(at(999'999), at(100), at(101)), kNapMaxNs);
  EXPECT_EQ(nap_ns(at(std::int64_t{1} << 53), at(0), at(0)), kNapMaxNs);
}

// With a wake-up every millisecond the clock often passes one between the step and the nap.
TEST(Nap, does_not_sleep_over_what_came_due_since_the_step) {
  EXPECT_EQ(nap_ns(at(101), at(100), at(101)), 0);
  EXPECT_EQ(nap_ns(at(101), at(100), at(105)), 0);
}

TEST(Nap, waits_for_a_ring_when_the_step_left_what_was_due) {
  EXPECT_EQ(nap_ns(at(100), at(100), at(101)), kNapMaxNs);
}

TEST(Nap, takes_a_clock_that_was_set_back_as_it_is) {
  EXPECT_EQ(nap_ns(at(130), at(100), at(50)), 80'000'000);
}

}  // namespace
}  // namespace carillon
