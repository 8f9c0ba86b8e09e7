#include "executors/cut_text.h"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace carillon {
namespace {

TEST(CutText, leaves_short_text_alone) { EXPECT_EQ(cut_text("short", 64), "short"); }

TEST(CutText, says_how_long_the_text_was) {
  const std::string cut = cut_text(std::string(1000, 'a'), 100);
  EXPECT_EQ(cut.size(), 100U);
  EXPECT_TRUE(cut.ends_with("a... (cut, 1000 bytes in all)")) << cut;
}

TEST(CutText, never_splits_a_character) {
  EXPECT_EQ(utf8_prefix("a\xC3\xA9z", 2), "a");
  EXPECT_EQ(utf8_prefix("a\xC3\xA9z", 3), "a\xC3\xA9");
}

TEST(CutJson, stays_json_and_within_the_bound_even_when_all_is_escaped) {
  const std::string cut = cut_json(std::string(5000, '"'), 1000);
  EXPECT_LE(cut.size(), 1000U);
  const auto value = boost::json::parse(cut);
  EXPECT_TRUE(value.at("truncated").as_bool());
  EXPECT_EQ(value.at("bytes").as_int64(), 5000);
  EXPECT_FALSE(value.at("head").as_string().empty());
}

}  // namespace
}  // namespace carillon
