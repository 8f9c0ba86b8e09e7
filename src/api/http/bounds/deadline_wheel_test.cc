#include "api/http/bounds/deadline_wheel.h"

#include <gtest/gtest.h>

namespace carillon::http {
namespace {

using Deadline = DeadlineWheel::Deadline;

TEST(DeadlineWheel, fires_at_the_tick_and_not_before) {
  DeadlineWheel wheel;
  Deadline deadline;
  wheel.set(deadline, 10);
  EXPECT_EQ(wheel.next_due(9), nullptr);
  EXPECT_EQ(wheel.next_due(10), &deadline);
  EXPECT_EQ(wheel.next_due(10), nullptr);
  EXPECT_TRUE(wheel.empty());
}

TEST(DeadlineWheel, follows_a_deadline_that_moves) {
  DeadlineWheel wheel;
  Deadline later, earlier;
  wheel.set(later, 10);
  wheel.set(later, 2000);  // More than one round of the wheel.
  wheel.set(earlier, 1000);
  wheel.set(earlier, 5);
  EXPECT_EQ(wheel.next_due(5), &earlier);
  EXPECT_EQ(wheel.next_due(1999), nullptr);
  EXPECT_EQ(wheel.next_due(2000), &later);
}

TEST(DeadlineWheel, forgets_what_is_withdrawn) {
  DeadlineWheel wheel;
  Deadline deadline;
  wheel.set(deadline, 10);
  wheel.set(deadline, DeadlineWheel::kNever);
  EXPECT_TRUE(wheel.empty());
  EXPECT_EQ(wheel.next_due(100), nullptr);
}

TEST(DeadlineWheel, finds_everything_after_a_long_pause) {
  DeadlineWheel wheel;
  std::array<Deadline, 700> deadlines;
  for (std::size_t i = 0; i < deadlines.size(); ++i) wheel.set(deadlines[i], i);
  std::size_t fired = 0;
  while (wheel.next_due(1'000'000) != nullptr) ++fired;
  EXPECT_EQ(fired, deadlines.size());
}

TEST(DeadlineWheel, takes_a_past_tick_as_the_next_one) {
  DeadlineWheel wheel;
  Deadline deadline;
  EXPECT_EQ(wheel.next_due(50), nullptr);
  wheel.set(deadline, 3);
  EXPECT_EQ(wheel.next_due(50), nullptr);
  EXPECT_EQ(wheel.next_due(51), &deadline);
}

}  // namespace
}  // namespace carillon::http
