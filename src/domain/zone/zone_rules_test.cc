#include "domain/zone/zone_rules.h"

#include <string>

#include <gtest/gtest.h>

#include "base/rfc3339.h"
#include "domain/zone/zone_testing.h"

namespace carillon {
namespace {

using testing::at;
using testing::load_zone;

LocalTime local(int year, int month, int day, int second = 0) {
  return LocalTime::of(LocalDate::of(year, month, day), second);
}

std::string resolved(const ZoneRules& rules, LocalTime time) {
  struct Teller {
    std::string operator()(const UniqueTime& unique) const {
      return "unique " + to_rfc3339(unique.at);
    }
    std::string operator()(const GapTime& gap) const {
      return "gap " + to_rfc3339(gap.transition.at);
    }
    std::string operator()(const FoldTime& fold) const {
      return "fold " + to_rfc3339(fold.first) + " " + to_rfc3339(fold.second);
    }
  };
  return std::visit(Teller{}, rules.resolve(time));
}

TEST(ZoneRules, of_utc_have_no_offset_and_no_transition) {
  const ZoneRules& utc = ZoneRules::utc();
  EXPECT_EQ(utc.offset_at(at("2026-07-01T00:00:00Z")), Duration{});
  EXPECT_FALSE(utc.next_transition(Instant{}));
  EXPECT_EQ(resolved(utc, local(2026, 7, 1)), "unique 2026-07-01T00:00:00.000Z");
}

TEST(ZoneRules, change_the_offset_exactly_at_the_transition) {
  const ZoneRules berlin = load_zone("Europe/Berlin");
  EXPECT_EQ(to_text(berlin.to_local(at("2026-03-29T00:59:59.999Z"))), "2026-03-29T01:59:59.999");
  EXPECT_EQ(to_text(berlin.to_local(at("2026-03-29T01:00:00Z"))), "2026-03-29T03:00:00");
}

TEST(ZoneRules, tell_a_gap_from_its_first_to_before_its_last_moment) {
  const ZoneRules berlin = load_zone("Europe/Berlin");
  EXPECT_EQ(resolved(berlin, local(2026, 3, 29, 7'199)), "unique 2026-03-29T00:59:59.000Z");
  EXPECT_EQ(resolved(berlin, local(2026, 3, 29, 7'200)), "gap 2026-03-29T01:00:00.000Z");
  EXPECT_EQ(resolved(berlin, local(2026, 3, 29, 10'799)), "gap 2026-03-29T01:00:00.000Z");
  EXPECT_EQ(resolved(berlin, local(2026, 3, 29, 10'800)), "unique 2026-03-29T01:00:00.000Z");
}

TEST(ZoneRules, give_both_instants_of_a_fold) {
  const ZoneRules berlin = load_zone("Europe/Berlin");
  EXPECT_EQ(resolved(berlin, local(2026, 10, 25, 7'199)), "unique 2026-10-24T23:59:59.000Z");
  EXPECT_EQ(resolved(berlin, local(2026, 10, 25, 9'000)),
            "fold 2026-10-25T00:30:00.000Z 2026-10-25T01:30:00.000Z");
  EXPECT_EQ(resolved(berlin, local(2026, 10, 25, 10'800)), "unique 2026-10-25T02:00:00.000Z");
}

TEST(ZoneRules, know_the_half_hour_of_lord_howe) {
  const ZoneRules rules = load_zone("Australia/Lord_Howe");
  EXPECT_EQ(rules.next_transition(at("2026-07-01T00:00:00Z"))->length(), Duration::minutes(30));
  EXPECT_EQ(resolved(rules, local(2026, 4, 5, 6'300)),
            "fold 2026-04-04T14:45:00.000Z 2026-04-04T15:15:00.000Z");
}

TEST(ZoneRules, know_the_day_that_apia_left_out) {
  const ZoneRules rules = load_zone("Pacific/Apia");
  EXPECT_EQ(resolved(rules, local(2011, 12, 30)), "gap 2011-12-30T10:00:00.000Z");
  EXPECT_EQ(resolved(rules, local(2011, 12, 31)), "unique 2011-12-30T10:00:00.000Z");
}

TEST(ZoneRules, know_a_gap_at_midnight) {
  EXPECT_EQ(resolved(load_zone("Africa/Cairo"), local(2026, 4, 24)),
            "gap 2026-04-23T22:00:00.000Z");
}

TEST(ZoneRules, go_on_to_the_last_year) {
  const ZoneRules berlin = load_zone("Europe/Berlin");
  EXPECT_EQ(to_rfc3339(berlin.next_transition(at("2199-09-01T00:00:00Z"))->at),
            "2199-10-27T01:00:00.000Z");
}

TEST(ZoneRules, are_the_same_from_an_instant_on_when_only_history_differs) {
  const testing::HandMadeZone east{.initial_offset = 3'600, .changes = {{86'400, 7'200}}};
  const testing::HandMadeZone west{.initial_offset = 0, .changes = {{172'800, 7'200}}};
  const ZoneRules a = ZoneRules::parse(east.bytes()).value();
  const ZoneRules b = ZoneRules::parse(west.bytes()).value();
  EXPECT_FALSE(a.same_from(b, Instant::from_unix_ms(172'799'999)));
  EXPECT_TRUE(a.same_from(b, Instant::from_unix_ms(172'800'000)));
}

}  // namespace
}  // namespace carillon
