#include "runtime/engine/stamper.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

constexpr Instant at(std::int64_t seconds) { return Instant::from_unix_ms(seconds * 1000); }

ClockReading reading(std::int64_t wall_seconds, std::int64_t monotonic_seconds) {
  return {.wall = at(wall_seconds), .monotonic_ns = monotonic_seconds * 1'000'000'000};
}

TEST(Stamper, follows_the_wall_clock_forward) {
  Stamper stamper(at(100));
  EXPECT_FALSE(stamper.observe(reading(101, 0), OnStepBack::follow));
  EXPECT_EQ(stamper.now(), at(101));
  EXPECT_EQ(stamper.due_until(), at(101));
}

TEST(Stamper, holds_still_while_the_wall_clock_is_at_most_a_minute_behind) {
  Stamper stamper(at(1000));
  EXPECT_FALSE(stamper.observe(reading(940, 0), OnStepBack::follow));
  EXPECT_EQ(stamper.now(), at(1000));
  EXPECT_FALSE(stamper.observe(reading(999, 59), OnStepBack::follow));
  EXPECT_EQ(stamper.now(), at(1000));
  stamper.observe(reading(1001, 61), OnStepBack::follow);
  EXPECT_EQ(stamper.now(), at(1001));
}

TEST(Stamper, lets_nothing_be_due_before_the_wall_clock_says_so_while_it_holds) {
  Stamper stamper(at(1000));
  stamper.observe(reading(970, 0), OnStepBack::follow);
  EXPECT_EQ(stamper.due_until(), at(970));
}

TEST(Stamper, goes_back_with_a_step_of_more_than_a_minute_and_says_so_once) {
  Stamper stamper(at(1000));
  const auto step = stamper.observe(reading(939, 0), OnStepBack::follow);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->from, at(1000));
  EXPECT_EQ(step->to, at(939));
  EXPECT_EQ(stamper.now(), at(939));
  EXPECT_FALSE(stamper.observe(reading(940, 1), OnStepBack::follow));
}

TEST(Stamper, holds_still_at_any_step_back_when_told_to) {
  Stamper stamper(at(10'000));
  EXPECT_FALSE(stamper.observe(reading(100, 0), OnStepBack::hold));
  EXPECT_EQ(stamper.now(), at(10'000));
  EXPECT_TRUE(stamper.observe(reading(100, 0), OnStepBack::follow));
}

TEST(Stamper, marks_thirty_seconds_after_a_jump_forward_of_more_than_a_second) {
  Stamper stamper(at(0));
  stamper.observe(reading(1000, 0), OnStepBack::follow);
  stamper.observe(reading(1002, 1), OnStepBack::follow);
  EXPECT_FALSE(stamper.jumped_forward());
  stamper.observe(reading(1005, 2), OnStepBack::follow);
  EXPECT_TRUE(stamper.jumped_forward());
  EXPECT_EQ(stamper.jumps(), 1U);
  stamper.observe(reading(1034, 31), OnStepBack::follow);
  EXPECT_TRUE(stamper.jumped_forward());
  stamper.observe(reading(1035, 32), OnStepBack::follow);
  EXPECT_FALSE(stamper.jumped_forward());
}

TEST(Stamper, takes_the_first_reading_after_a_start_for_no_jump) {
  Stamper stamper(at(0));
  stamper.observe(reading(1'000'000, 77), OnStepBack::follow);
  EXPECT_FALSE(stamper.jumped_forward());
  EXPECT_EQ(stamper.jumps(), 0U);
}

TEST(Stamper, counts_a_step_back_as_a_jump_but_does_not_mark_it) {
  Stamper stamper(at(0));
  stamper.observe(reading(1000, 0), OnStepBack::follow);
  stamper.observe(reading(990, 1), OnStepBack::follow);
  EXPECT_EQ(stamper.jumps(), 1U);
  EXPECT_FALSE(stamper.jumped_forward());
}

}  // namespace
}  // namespace carillon
