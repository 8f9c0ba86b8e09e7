#include "domain/zone/zone_source.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace carillon {
namespace {

constexpr std::array<std::string_view, 4> kNames{"America/New_York", "Etc/GMT-2", "Europe/Berlin",
                                                 "UTC"};

std::string hint(std::string_view name) { return unknown_zone(name, kNames).hint; }

TEST(UnknownZone, in_the_wrong_case_is_told_the_right_one) {
  EXPECT_EQ(hint("europe/berlin"), "Write Europe/Berlin.");
}

TEST(UnknownZone, with_a_slip_is_told_the_nearest_name) {
  EXPECT_EQ(hint("Europe/Berln"), "Did you mean Europe/Berlin?");
}

TEST(UnknownZone, that_is_an_offset_is_told_the_zone_with_the_sign_turned_round) {
  EXPECT_EQ(hint("+02:00"),
            "Write a place such as Europe/Berlin, or Etc/GMT-2 for +02:00 all year (its sign is "
            "turned round).");
  EXPECT_EQ(hint("GMT+2"), hint("+02:00"));
}

TEST(UnknownZone, that_is_no_offset_at_all_is_told_to_write_utc) {
  EXPECT_EQ(hint("+00:00"), "Write UTC.");
}

TEST(UnknownZone, that_is_an_odd_offset_or_nothing_known_is_shown_an_example) {
  EXPECT_EQ(hint("+05:30"), "Write a name such as Europe/Berlin or UTC.");
  EXPECT_EQ(hint("nowhere at all"), "Write a name such as Europe/Berlin or UTC.");
}

TEST(UnknownZone, is_named_without_its_control_characters) {
  EXPECT_EQ(unknown_zone("a\nb", kNames).message, "a\\nb is not a time zone.");
}

TEST(ZoneWithoutDst, is_est_but_not_a_place) {
  EXPECT_TRUE(is_zone_without_dst("EST"));
  EXPECT_FALSE(is_zone_without_dst("America/New_York"));
}

}  // namespace
}  // namespace carillon
