#include "domain/zone/tzif.h"

#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "domain/zone/zone_rules.h"
#include "domain/zone/zone_testing.h"

namespace carillon {
namespace {

using testing::HandMadeZone;
using testing::load_zone;
using testing::read_file;

std::string berlin_bytes() {
  return read_file(std::filesystem::path(testing::kZoneFolder) / "Europe/Berlin");
}

ErrorCode code_of(std::string_view bytes) {
  const Result<ZoneRules> rules = ZoneRules::parse(bytes);
  return rules ? ErrorCode::internal : rules.error().code;
}

TEST(Tzif, cut_short_anywhere_is_corrupt) {
  const std::string bytes = berlin_bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    ASSERT_EQ(code_of(std::string_view(bytes).substr(0, length)), ErrorCode::corrupt) << length;
  }
}

TEST(Tzif, with_any_one_byte_changed_is_read_or_refused_but_never_trusted_beyond_its_end) {
  const std::string bytes = berlin_bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ flip);
      const Result<ZoneRules> rules = ZoneRules::parse(changed);
      if (!rules) ASSERT_EQ(rules.error().code, ErrorCode::corrupt);
    }
  }
}

TEST(Tzif, of_version_1_is_refused) {
  std::string bytes = berlin_bytes();
  bytes[4] = '\0';
  EXPECT_EQ(code_of(bytes), ErrorCode::corrupt);
}

TEST(Tzif, that_counts_leap_seconds_is_refused) {
  const HandMadeZone zone{.footer = "UTC0", .leap_seconds = 1};
  EXPECT_EQ(ZoneRules::parse(zone.bytes()).error().message,
            "the zone data is damaged: it counts leap seconds");
}

TEST(Tzif, with_an_offset_of_more_than_26_hours_is_refused) {
  EXPECT_EQ(code_of(HandMadeZone{.initial_offset = 93'601, .footer = ""}.bytes()),
            ErrorCode::corrupt);
}

TEST(Tzif, with_two_transitions_that_overlap_is_refused) {
  const HandMadeZone zone{.changes = {{1'000'000'000, 7'200}, {1'000'003'600, 0}}, .footer = ""};
  EXPECT_EQ(ZoneRules::parse(zone.bytes()).error().message,
            "the zone data is damaged: two transitions overlap");
}

TEST(Tzif, of_the_slim_form_goes_on_by_its_footer) {
  const HandMadeZone slim{.initial_offset = 3'600,
                          .changes = {{828'234'000, 7'200}, {846'378'000, 3'600}},
                          .footer = "CET-1CEST,M3.5.0,M10.5.0/3"};
  const ZoneRules berlin = load_zone("Europe/Berlin");
  EXPECT_TRUE(ZoneRules::parse(slim.bytes())
                  .value()
                  .same_from(berlin, testing::at("1996-01-01T00:00:00Z")));
}

TEST(Tzif, whose_footer_is_permanent_daylight_saving_has_no_transition) {
  const HandMadeZone zone{.initial_offset = -14'400, .footer = "XXX3EDT4,0/0,J365/23"};
  const ZoneRules rules = ZoneRules::parse(zone.bytes()).value();
  EXPECT_TRUE(rules.transitions().empty());
  EXPECT_EQ(rules.offset_at(testing::at("2026-07-01T00:00:00Z")), Duration::hours(-4));
}

TEST(Tzif, whose_footer_names_days_by_number_counts_the_leap_day_as_it_says) {
  const HandMadeZone zone{.footer = "AAA0BBB,J60/0,300/0"};
  const ZoneRules rules = ZoneRules::parse(zone.bytes()).value();
  // J60 is always March 1; day 300 counted from zero with the leap day is October 27 in 2028.
  const ZoneTransition begins = *rules.next_transition(testing::at("2028-01-01T00:00:00Z"));
  EXPECT_EQ(to_rfc3339(begins.at), "2028-03-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(rules.next_transition(begins.at)->at), "2028-10-26T23:00:00.000Z");
}

TEST(Tzif, with_a_damaged_footer_is_refused) {
  for (const char* footer :
       {"C", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-25", "<+0", "CET-1 ",
        "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M3.5.0,M10.5.0/168", "CET-1CEST,J0,J366", "CET-1CEST,M3.5.0,M10.5.0/3x"}) {
    EXPECT_EQ(code_of(HandMadeZone{.footer = footer}.bytes()), ErrorCode::corrupt) << footer;
  }
}

RC_GTEST_PROP(TzifProperty, any_bytes_are_safe, (const std::string& bytes)) {
  const Result<ZoneRules> rules = ZoneRules::parse("TZif2" + bytes);
  RC_ASSERT(!rules);
}

RC_GTEST_PROP(TzifProperty, any_footer_is_safe, (const std::string& footer)) {
  const Result<ZoneRules> rules = ZoneRules::parse(HandMadeZone{.footer = footer}.bytes());
  // In parentheses, because RC_ASSERT looks at both sides of an || of its own.
  RC_ASSERT((rules || rules.error().code == ErrorCode::corrupt));
}

}  // namespace
}  // namespace carillon
