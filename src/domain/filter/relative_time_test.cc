#include "domain/filter/relative_time.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

constexpr Instant kNow = Instant::from_unix_ms(1'767'225'600'000);

TEST(ParseMoment, counts_from_now) {
  EXPECT_EQ(parse_moment("now", kNow), kNow);
  EXPECT_EQ(parse_moment("-250ms", kNow), kNow - Duration::milliseconds(250));
  EXPECT_EQ(parse_moment("+1w2d3h4m5s", kNow), kNow + Duration::days(9) + Duration::hours(3) +
                                                   Duration::minutes(4) + Duration::seconds(5));
}

TEST(ParseMoment, takes_a_date_as_its_first_moment) {
  EXPECT_EQ(parse_moment("2026-01-01", kNow), kNow);
}

TEST(ParseMoment, stays_within_what_instants_may_be) {
  EXPECT_EQ(parse_moment("-999999999999999w", kNow), Instant{});
  EXPECT_EQ(parse_moment("+999999w", kNow), kInstantMax);
}

TEST(ParseMoment, refuses_everything_else) {
  for (const char* text : {"", "-", "+h", "1h", "-1", "-1x", "-1h2", "- 1h", "2026-13-01", "soon",
                           "-9999999999999999s"}) {
    EXPECT_EQ(parse_moment(text, kNow), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace carillon
