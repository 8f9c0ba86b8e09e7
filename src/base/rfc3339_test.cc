#include "base/rfc3339.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

std::int64_t ms_of(std::string_view text) { return parse_rfc3339(text).value().unix_ms(); }

TEST(Rfc3339, reads_z_and_offsets) {
  EXPECT_EQ(ms_of("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(ms_of("2026-11-24T21:30:00+01:00"), ms_of("2026-11-24T20:30:00Z"));
  EXPECT_EQ(ms_of("2026-11-24T15:00:00.250-05:30"), ms_of("2026-11-24T20:30:00.250Z"));
}

TEST(Rfc3339, rounds_a_finer_fraction_up) {
  EXPECT_EQ(ms_of("1970-01-01T00:00:00.0010001Z"), 2);
  EXPECT_EQ(ms_of("1970-01-01T00:00:00.001000Z"), 1);
  EXPECT_EQ(ms_of("1970-01-01T00:00:00.9999Z"), 1000);
}

TEST(Rfc3339, refuses_what_is_not_an_instant) {
  for (const char* text :
       {"", "2026-11-24", "2026-11-24T20:30:00", "2026-02-30T00:00:00Z", "2026-11-24T24:00:00Z",
        "2026-11-24T20:30:60Z", "2026-11-24T20:30:00Zx", "2200-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z", "2026-11-24T20:30:00.Z"}) {
    const auto read = parse_rfc3339(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().code, ErrorCode::invalid_value);
    EXPECT_FALSE(read.error().hint.empty());
  }
}

TEST(Rfc3339, writes_what_it_reads) {
  for (const char* text :
       {"1970-01-01T00:00:00.000Z", "2000-02-29T23:59:59.999Z", "2199-12-31T23:59:59.999Z"}) {
    EXPECT_EQ(to_rfc3339(parse_rfc3339(text).value()), text);
  }
  EXPECT_EQ(to_rfc3339(Instant::from_unix_ms(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, writes_instants_beyond_four_digits_of_years_too) {
  EXPECT_EQ(to_rfc3339(Instant::from_unix_ms(253'402'300'800'007)), "10000-01-01T00:00:00.007Z");
  EXPECT_EQ(to_rfc3339(Instant::from_unix_ms(-62'167'219'200'001)), "-001-12-31T23:59:59.999Z");
}

TEST(Rfc3339, quotes_what_it_refuses_short_and_on_one_line) {
  EXPECT_EQ(parse_rfc3339("20\n26").error().message, "'20\\n26' is not a date-time.");
  const std::string late = "2200-01-01T00:00:00." + std::string(1000, '0') + "Z";
  EXPECT_LT(parse_rfc3339(late).error().message.size(), 120U);
}

}  // namespace
}  // namespace carillon
