#include "domain/cron/cron_expression.h"

#include <gtest/gtest.h>

#include "domain/cron/cron_parser.h"
#include "domain/cron/golden_rows_testing.h"

namespace carillon {
namespace {

CronExpression cron(const char* text) {
  return parse_cron(text, CronDialect::auto_detect).value().expression;
}

LocalTime local(const char* text) { return testing::local_time(text); }

TEST(CronExpression, finds_the_first_match_from_a_bound_that_is_part_of_the_range) {
  const CronExpression hourly = cron("0 0 * * * *");
  const LocalTime one = local("2026-01-01T01:00:00");
  EXPECT_EQ(hourly.first_in(one, kLocalEnd), one);
  EXPECT_FALSE(hourly.first_in(local("2026-01-01T00:00:01"), one));
}

TEST(CronExpression, finds_the_last_match_before_a_bound_that_is_not_part_of_the_range) {
  const CronExpression hourly = cron("0 0 * * * *");
  const LocalTime one = local("2026-01-01T01:00:00");
  EXPECT_EQ(hourly.last_in(kLocalBegin, one), local("2026-01-01T00:00:00"));
  EXPECT_EQ(hourly.last_in(one, LocalTime::from_ms(one.ms() + 1)), one);
}

TEST(CronExpression, finds_the_last_second_of_an_earlier_day) {
  EXPECT_EQ(cron("59 59 23 31 12 *").last_in(kLocalBegin, local("2026-05-01T12:00:00")),
            local("2025-12-31T23:59:59"));
}

TEST(CronExpression, counts_a_fraction_of_a_second_as_the_next_one) {
  const CronExpression secondly = cron("* * * * * *");
  const LocalTime time = local("2026-01-01T00:00:01");
  EXPECT_EQ(secondly.first_in(LocalTime::from_ms(time.ms() - 999), kLocalEnd), time);
  EXPECT_FALSE(secondly.matches(LocalTime::from_ms(time.ms() + 1)));
}

TEST(CronExpression, reaches_from_the_first_to_the_last_second_of_its_years) {
  const CronExpression secondly = cron("* * * * * *");
  EXPECT_EQ(secondly.first_in(LocalTime::from_ms(-5'000), kLocalEnd), kLocalBegin);
  EXPECT_EQ(secondly.last_in(kLocalBegin, LocalTime::from_ms(kLocalEnd.ms() + 5'000)),
            local("2199-12-31T23:59:59"));
}

TEST(CronExpression, finds_nothing_in_an_empty_range) {
  const CronExpression secondly = cron("* * * * * *");
  const LocalTime time = local("2026-01-01T00:00:00");
  EXPECT_FALSE(secondly.first_in(time, time));
  EXPECT_FALSE(secondly.last_in(time, time));
}

}  // namespace
}  // namespace carillon
