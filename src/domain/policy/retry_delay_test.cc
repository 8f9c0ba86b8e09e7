#include "domain/policy/retry_delay.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace carillon {
namespace {

RunId some_run() {
  return {.task = parse_task_id("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b").value(), .number = 4};
}

std::vector<std::int64_t> delays(const RetryPolicy& policy, std::int64_t base,
                                 std::uint32_t count) {
  std::vector<std::int64_t> list;
  Duration previous = Duration::milliseconds(base);
  for (std::uint32_t n = 1; n <= count; ++n) {
    previous = retry_delay(policy, {.run = some_run(),
                                    .retry = n,
                                    .base = Duration::milliseconds(base),
                                    .previous = previous});
    list.push_back(previous.ms());
  }
  return list;
}

TEST(RetryDelay, fixed_is_the_base_every_time) {
  EXPECT_EQ(delays({}, 5'000, 3), (std::vector<std::int64_t>{5'000, 5'000, 5'000}));
}

TEST(RetryDelay, linear_grows_by_the_base_up_to_the_cap) {
  const RetryPolicy policy{.backoff = Backoff::linear, .max_delay = Duration::milliseconds(2'500)};
  EXPECT_EQ(delays(policy, 1'000, 4), (std::vector<std::int64_t>{1'000, 2'000, 2'500, 2'500}));
}

TEST(RetryDelay, exponential_doubles_up_to_one_hour_by_default) {
  const RetryPolicy policy{.backoff = Backoff::exponential};
  const auto list = delays(policy, 1'000, 14);
  EXPECT_EQ(list[0], 1'000);
  EXPECT_EQ(list[5], 32'000);
  EXPECT_EQ(list[11], 2'048'000);
  EXPECT_EQ(list[12], 3'600'000);
  EXPECT_EQ(list[13], 3'600'000);
}

TEST(RetryDelay, exponential_takes_a_factor_in_thousandths) {
  const RetryPolicy policy{.backoff = Backoff::exponential, .factor_thousandths = 1'500};
  EXPECT_EQ(delays(policy, 1'000, 4), (std::vector<std::int64_t>{1'000, 1'500, 2'250, 3'375}));
}

TEST(RetryDelay, of_the_thousandth_retry_neither_overflows_nor_takes_long) {
  const RetryPolicy policy{
      .backoff = Backoff::exponential,
      .factor_thousandths = std::numeric_limits<std::uint32_t>::max(),
      .max_delay = Duration::milliseconds(std::numeric_limits<int64_t>::max())};
  EXPECT_GT(retry_delay(policy, {.run = some_run(),
                                 .retry = 1'000,
                                 .base = Duration::days(30),
                                 .previous = Duration::days(30)})
                .ms(),
            0);
}

TEST(RetryDelay, jitter_stays_in_its_range_and_repeats_itself) {
  for (const RetryJitter jitter :
       {RetryJitter::full, RetryJitter::equal, RetryJitter::decorrelated}) {
    const RetryPolicy policy{.backoff = Backoff::exponential, .jitter = jitter};
    const auto list = delays(policy, 1'000, 8);
    EXPECT_EQ(list, delays(policy, 1'000, 8));
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::int64_t whole = 1'000LL << i;
      if (jitter == RetryJitter::full) EXPECT_LE(list[i], whole);
      if (jitter == RetryJitter::equal) EXPECT_GE(list[i], whole / 2);
      if (jitter == RetryJitter::decorrelated) EXPECT_GE(list[i], 1'000);
      EXPECT_LE(list[i], 3'600'000);
    }
  }
}

}  // namespace
}  // namespace carillon
