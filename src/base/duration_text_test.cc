#include "base/duration_text.h"

#include <string>

#include <gtest/gtest.h>

namespace carillon {
namespace {

std::int64_t iso_ms(std::string_view text) {
  const Result<Duration> parsed = parse_iso_duration(text);
  return parsed ? parsed->ms() : -1;
}

std::int64_t short_ms(std::string_view text) {
  const Result<Duration> parsed = parse_short_duration(text);
  return parsed ? parsed->ms() : -1;
}

TEST(IsoDuration, is_read_unit_by_unit) {
  EXPECT_EQ(iso_ms("PT5S"), 5'000);
  EXPECT_EQ(iso_ms("PT10M"), 600'000);
  EXPECT_EQ(iso_ms("PT1H30M"), 5'400'000);
  EXPECT_EQ(iso_ms("P1D"), 86'400'000);
  EXPECT_EQ(iso_ms("P1DT2H3M4S"), 93'784'000);
  EXPECT_EQ(iso_ms("PT90M"), 5'400'000);
}

TEST(IsoDuration, rounds_a_fraction_of_a_second_up_to_milliseconds) {
  EXPECT_EQ(iso_ms("PT0.5S"), 500);
  EXPECT_EQ(iso_ms("PT1.0001S"), 1'001);
}

TEST(IsoDuration, in_another_form_is_refused) {
  for (const char* text : {"", "P", "PT", "P1", "1D", "PT5", "P1H", "PT1D", "PT1M1H", "PT1.5M",
                           "PT1.S", "PT-5S", "-PT5S", "P1DT", "pt5s", "PT5S ", "PT1M1M", "P1TD"}) {
    EXPECT_EQ(iso_ms(text), -1) << text;
  }
}

TEST(IsoDuration, with_years_or_months_is_referred_to_cron) {
  EXPECT_EQ(parse_iso_duration("P1M").error().hint,
            "Use cronExpression, for example `0 0 0 1 * *` for every month.");
  EXPECT_EQ(parse_iso_duration("P1Y").error().code, ErrorCode::invalid_value);
  EXPECT_EQ(parse_iso_duration("P2W").error().hint, "Write days, for example P7D.");
}

TEST(IsoDuration, of_more_than_100000_days_is_refused_without_overflow) {
  EXPECT_EQ(iso_ms("P100000D"), 8'640'000'000'000);
  EXPECT_EQ(iso_ms("P100001D"), -1);
  EXPECT_EQ(iso_ms("PT99999999999999999999999999S"), -1);
  EXPECT_EQ(iso_ms("P99999DT99999999H"), -1);
}

TEST(IsoDuration, is_written_in_its_shortest_form) {
  for (const char* text : {"PT0S", "PT5S", "PT0.5S", "PT1.001S", "PT1H30M", "P1D", "P1DT30M",
                           "P3650D", "P1DT2H3M4.05S"}) {
    EXPECT_EQ(to_iso_text(parse_iso_duration(text).value()), text);
  }
  EXPECT_EQ(to_iso_text(Duration::minutes(90)), "PT1H30M");
}

TEST(ShortDuration, is_read_unit_by_unit) {
  EXPECT_EQ(short_ms("500ms"), 500);
  EXPECT_EQ(short_ms("5s"), 5'000);
  EXPECT_EQ(short_ms("10m"), 600'000);
  EXPECT_EQ(short_ms("2h"), 7'200'000);
  EXPECT_EQ(short_ms("1d"), 86'400'000);
  EXPECT_EQ(short_ms("1h30m"), 5'400'000);
  EXPECT_EQ(short_ms("1m500ms"), 60'500);
  EXPECT_EQ(short_ms("1w"), 604'800'000);
  EXPECT_EQ(short_ms("1m1.5s"), 61'500);
}

TEST(ShortDuration, in_another_form_is_refused) {
  for (const char* text : {"", "5", "s", "5 s", "30m1h", "5x", "1.5h", "-1s", "1ms1s", "1m1m",
                           ".5s", "1.s", "1.5s1ms", "1..5s"}) {
    EXPECT_EQ(short_ms(text), -1) << text;
  }
}

}  // namespace
}  // namespace carillon
