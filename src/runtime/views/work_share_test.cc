#include "runtime/views/work_share.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

constexpr std::int64_t kMs = 1'000'000;

TEST(WorkShare, owes_no_rest_for_a_whole_core) {
  WorkShare work;
  work.begin(0);
  EXPECT_EQ(work.rest_ns(1'000 * kMs, 1), 0);
}

TEST(WorkShare, owes_as_much_rest_as_the_share_leaves) {
  WorkShare work;
  work.begin(5 * kMs);
  EXPECT_EQ(work.rest_ns(6 * kMs, 0.5), 1 * kMs);
  work.rested(7 * kMs);
  EXPECT_EQ(work.rest_ns(8 * kMs, 0.25), 3 * kMs);
}

TEST(WorkShare, gathers_rests_that_are_too_short_for_a_sleep) {
  WorkShare work;
  work.begin(0);
  EXPECT_EQ(work.rest_ns(300'000, 0.5), 0);
  EXPECT_EQ(work.rest_ns(600'000, 0.5), 600'000);
}

TEST(WorkShare, still_owes_what_was_not_rested) {
  WorkShare work;
  work.begin(0);
  EXPECT_EQ(work.rest_ns(10 * kMs, 0.5), 10 * kMs);
  work.rested(14 * kMs);
  EXPECT_EQ(work.rest_ns(14 * kMs, 0.5), 6 * kMs);
}

// At a fifth, 2 ms of work owe 8 ms; at a half 2 ms, and nothing at the whole.
TEST(WorkShare, owes_less_once_the_share_has_grown) {
  WorkShare work;
  work.begin(0);
  EXPECT_EQ(work.rest_ns(2 * kMs, 0.2), 8 * kMs);
  EXPECT_EQ(work.rest_ns(2 * kMs, 0.5), 2 * kMs);
  EXPECT_EQ(work.rest_ns(2 * kMs, 1), 0);
}

TEST(WorkShare, lets_a_long_rest_pay_for_a_little_work_in_advance_only) {
  WorkShare work;
  work.begin(0);
  work.rested(10'000 * kMs);
  EXPECT_EQ(work.rest_ns(10'002 * kMs, 0.5), 0);
  EXPECT_EQ(work.rest_ns(10'004 * kMs, 0.5), 2 * kMs);
}

// Pieces of work at a share that changes all the time, as the views do it.
TEST(WorkShare, keeps_to_its_share_over_time) {
  WorkShare work;
  work.begin(0);
  std::int64_t now = 0;
  std::int64_t worked = 0;
  for (int piece = 0; piece < 100'000; ++piece) {
    now += 20'000;
    worked += 20'000;
    std::int64_t rest = work.rest_ns(now, 0.1);
    while (rest > 0) {
      now += rest < 5 * kMs ? rest : 5 * kMs;
      work.rested(now);
      rest = work.rest_ns(now, 0.1);
    }
  }
  EXPECT_NEAR(static_cast<double>(worked) / static_cast<double>(now), 0.1, 0.001);
}

}  // namespace
}  // namespace carillon
