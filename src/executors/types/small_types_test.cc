// The types noop, sleep and fail.
#include <gtest/gtest.h>

#include "executors/testing/type_harness.h"

namespace carillon {
namespace {

using testing::completed;
using testing::failed;
using testing::TypeHarness;

TEST(Noop, is_done_with_only_its_type) {
  EXPECT_TRUE(completed(TypeHarness().run(R"({"type": "noop"})")).empty());
}

TEST(Sleep, is_done_at_once_with_only_its_type) {
  EXPECT_EQ(completed(TypeHarness().run(R"({"type": "sleep"})")).at("sleptMs").as_int64(), 0);
}

TEST(Sleep, ends_when_it_is_stopped) {
  TypeHarness harness;
  const auto ending = harness.run_and(R"({"type": "sleep", "durationMs": 600000})",
                                      [&] { harness.stop->ask({.reason = "enough"}); });
  EXPECT_TRUE(testing::is_cancelled(ending));
}

TEST(Sleep, fails_as_many_attempts_as_it_was_told) {
  TypeHarness harness;
  harness.dispatched.attempt.number = 2;
  EXPECT_EQ(failed(harness.run(R"({"type": "sleep", "failTimes": 2})")).repeat, Repeat::may_help);
  harness.dispatched.attempt.number = 3;
  completed(harness.run(R"({"type": "sleep", "failTimes": 2})"));
}

TEST(Fail, fails_with_only_its_type_and_may_be_repeated) {
  const Failed failure = failed(TypeHarness().run(R"({"type": "fail"})"));
  EXPECT_EQ(failure.code, "failed-on-purpose");
  EXPECT_EQ(failure.repeat, Repeat::may_help);
}

TEST(Fail, fails_for_good_when_told_so) {
  const Failed failure =
      failed(TypeHarness().run(R"({"type": "fail", "message": "no", "retryable": false})"));
  EXPECT_EQ(failure.message, "no");
  EXPECT_EQ(failure.repeat, Repeat::useless);
}

TEST(Fail, succeeds_after_the_attempts_that_fail) {
  TypeHarness harness;
  failed(harness.run(R"({"type": "fail", "failTimes": 1})"));
  harness.dispatched.attempt.number = 2;
  completed(harness.run(R"({"type": "fail", "failTimes": 1})"));
}

TEST(Sleep, refuses_a_negative_duration) {
  EXPECT_FALSE(TypeHarness().validate(R"({"type": "sleep", "durationMs": -1})"));
}

}  // namespace
}  // namespace carillon
