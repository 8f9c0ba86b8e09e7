#include "domain/zone/local_time.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

TEST(LocalDate, of_the_epoch_is_day_zero_and_a_thursday) {
  const LocalDate date = LocalDate::of(1970, 1, 1);
  EXPECT_EQ(date.days(), 0);
  EXPECT_EQ(date.weekday(), 4);
}

TEST(LocalDate, returns_to_the_same_civil_date_for_every_day_of_the_range) {
  LocalDate::Civil expected{.year = 1969, .month = 12, .day = 1};
  for (std::int64_t day = LocalDate::of(1969, 12, 1).days(); day < LocalDate::of(2201, 1, 1).days();
       ++day) {
    const LocalDate date = LocalDate::from_days(day);
    ASSERT_EQ(date.civil(), expected) << day;
    ASSERT_EQ(LocalDate::of(expected.year, expected.month, expected.day), date);
    if (++expected.day > days_in_month(expected.year, expected.month)) {
      expected.day = 1;
      if (++expected.month > 12) {
        expected.month = 1;
        ++expected.year;
      }
    }
  }
}

TEST(LocalDate, of_a_century_is_a_leap_day_only_every_400_years) {
  EXPECT_EQ(days_in_month(2000, 2), 29);
  EXPECT_EQ(days_in_month(2100, 2), 28);
}

TEST(LocalTime, before_1970_counts_seconds_from_midnight_upwards) {
  const LocalTime time = LocalTime::from_ms(-1);
  EXPECT_EQ(to_text(time.date()), "1969-12-31");
  EXPECT_EQ(time.second_of_day(), 86'399);
  EXPECT_EQ(to_text(time), "1969-12-31T23:59:59.999");
}

TEST(LocalTime, is_written_without_a_fraction_when_there_is_none) {
  EXPECT_EQ(to_text(LocalTime::of(LocalDate::of(2026, 3, 29), 9'000)), "2026-03-29T02:30:00");
}

}  // namespace
}  // namespace carillon
