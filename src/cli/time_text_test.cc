#include "cli/time_text.h"

#include <array>
#include <utility>

#include <gtest/gtest.h>

#include "base/duration_text.h"

namespace carillon::cli {
namespace {

constexpr Instant kNow = Instant::from_unix_ms(1'767'225'600'000);  // 2026-01-01T00:00:00Z

TEST(ParseDuration, turns_what_people_write_into_the_iso_form_of_the_api) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kCases{{
      {"5s", "PT5S"},
      {"10m", "PT10M"},
      {"2h", "PT2H"},
      {"1d", "P1D"},
      {"1w", "P7D"},
      {"500ms", "PT0.5S"},
      {"1h30m", "PT1H30M"},
      {"1.5s", "PT1.5S"},
      {"90m", "PT1H30M"},
      {"PT5S", "PT5S"},
      {"P1DT2H", "P1DT2H"},
      {"PT0.25S", "PT0.25S"},
      {" 5s ", "PT5S"},
  }};
  for (const auto& [typed, iso] : kCases) {
    const auto span = parse_duration(typed);
    ASSERT_TRUE(span) << typed;
    EXPECT_EQ(to_iso_text(*span), iso) << typed;
  }
}

TEST(ParseDuration, refuses_what_has_no_unit_no_number_or_no_fixed_length) {
  for (const std::string_view typed :
       {"", "5", "s", "-5s", "5y", "P1M", "P1Y", "P", "PT", "5 s", "0.1ms", "100001d",
        "99999999999999999999s", "5sx", "1..5s"}) {
    const auto span = parse_duration(typed);
    ASSERT_FALSE(span) << typed;
    EXPECT_EQ(span.error().exit, ExitCode::usage);
  }
}

TEST(ParseWhen, reads_instants_dates_and_offsets_from_now) {
  EXPECT_EQ(parse_when("2026-01-01T01:00:00+01:00", kNow), kNow);
  EXPECT_EQ(parse_when("2026-01-01", kNow), kNow);
  EXPECT_EQ(parse_when("+10m", kNow), kNow + Duration::minutes(10));
  EXPECT_EQ(parse_when("now", kNow), kNow);
  EXPECT_FALSE(parse_when("tomorrow", kNow));
}

TEST(RelativeText, names_the_two_largest_units) {
  EXPECT_EQ(relative_text(kNow + Duration::seconds(5), kNow), "in 5s");
  EXPECT_EQ(relative_text(kNow - Duration::seconds(125), kNow), "2m 5s ago");
  EXPECT_EQ(relative_text(kNow + Duration::minutes(61), kNow), "in 1h 1m");
  EXPECT_EQ(relative_text(kNow + Duration::hours(49), kNow), "in 2d 1h");
  EXPECT_EQ(relative_text(kNow + Duration::milliseconds(400), kNow), "now");
}

TEST(ReadableTime, shows_absolute_and_relative_and_keeps_foreign_text) {
  EXPECT_EQ(readable_time("2026-01-01T00:04:00.000Z", kNow), "2026-01-01 00:04:00Z (in 4m)");
  EXPECT_EQ(readable_time("soon", kNow), "soon");
}

}  // namespace
}  // namespace carillon::cli
