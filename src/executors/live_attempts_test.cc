#include "executors/live_attempts.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::shared_ptr<LiveAttempt> attempt(std::uint32_t number) {
  AttemptDispatched dispatched;
  dispatched.attempt.number = number;
  dispatched.fence = Fence{number};
  dispatched.heartbeat = Duration::seconds(3);
  return std::make_shared<LiveAttempt>(dispatched);
}

const Tick kStart{};

TEST(LiveAttempts, holds_an_attempt_once) {
  LiveAttempts live;
  EXPECT_TRUE(live.add(attempt(1)));
  EXPECT_FALSE(live.add(attempt(1)));
  EXPECT_EQ(live.size(), 1U);
}

TEST(LiveAttempts, finds_only_by_the_right_fence) {
  LiveAttempts live;
  const auto one = attempt(1);
  live.add(one);
  EXPECT_EQ(live.find(one->dispatched.attempt, Fence{1}), one);
  EXPECT_EQ(live.find(one->dispatched.attempt, Fence{2}), nullptr);
}

TEST(LiveAttempts, does_not_begin_what_was_asked_to_stop) {
  LiveAttempts live;
  const auto one = attempt(1);
  live.add(one);
  one->stop->ask({.reason = "no"});
  EXPECT_FALSE(live.begin(*one, kStart));
}

TEST(LiveAttempts, ends_once) {
  LiveAttempts live;
  const auto one = attempt(1);
  live.add(one);
  live.begin(*one, kStart);
  EXPECT_EQ(live.end(*one), AttemptPhase::running);
  EXPECT_EQ(live.end(*one), AttemptPhase::ended);
  EXPECT_EQ(live.size(), 0U);
}

TEST(LiveAttempts, gives_a_sign_of_life_three_times_per_allowed_silence) {
  LiveAttempts live;
  const auto one = attempt(1);
  live.add(one);
  live.begin(*one, kStart);
  EXPECT_EQ(live.next(), kStart + seconds(1));
  EXPECT_TRUE(live.take_overdue(kStart + milliseconds(999)).empty());
  const auto overdue = live.take_overdue(kStart + seconds(1));
  ASSERT_EQ(overdue.size(), 1U);
  EXPECT_EQ(overdue.front().what, Overdue::heartbeat);
  EXPECT_EQ(live.next(), kStart + seconds(2));
}

TEST(LiveAttempts, forces_after_the_grace_and_then_gives_up) {
  LiveAttempts live;
  const auto one = attempt(1);
  live.add(one);
  live.begin(*one, kStart);
  LiveAttempts::schedule_force(*one, kStart, Duration::seconds(5));
  EXPECT_TRUE(live.take_overdue(kStart + seconds(4)).empty());
  auto overdue = live.take_overdue(kStart + seconds(5));
  ASSERT_EQ(overdue.size(), 1U);
  EXPECT_EQ(overdue.front().what, Overdue::force);
  overdue = live.take_overdue(kStart + seconds(10));
  ASSERT_EQ(overdue.size(), 1U);
  EXPECT_EQ(overdue.front().what, Overdue::abandon);
  EXPECT_EQ(live.next(), Tick::max());
}

TEST(LiveAttempts, takes_the_shorter_of_two_graces) {
  LiveAttempts live;
  const auto one = attempt(1);
  live.add(one);
  live.begin(*one, kStart);
  LiveAttempts::schedule_force(*one, kStart, Duration::seconds(5));
  LiveAttempts::schedule_force(*one, kStart, Duration::seconds(50));
  EXPECT_EQ(live.next(), kStart + seconds(5));
  LiveAttempts::schedule_force(*one, kStart, Duration::seconds(1));
  EXPECT_EQ(live.next(), kStart + seconds(1));
}

}  // namespace
}  // namespace carillon
