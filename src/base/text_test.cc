#include "base/text.h"

#include <array>

#include <gtest/gtest.h>

namespace carillon {
namespace {

TEST(NearestName, finds_a_typo_and_refuses_a_stranger) {
  constexpr std::array<std::string_view, 3> kNames{"cronExpression", "maxRetries", "name"};
  EXPECT_EQ(nearest_name("cronExpresion", kNames), "cronExpression");
  EXPECT_EQ(nearest_name("MaxRetires", kNames), "maxRetries");
  EXPECT_EQ(nearest_name("colour", kNames), "");
}

TEST(IsUtf8, refuses_overlong_surrogates_and_cut_sequences) {
  EXPECT_TRUE(is_utf8("plain, é, 日本, 🔔"));
  EXPECT_FALSE(is_utf8("\xc0\xaf"));
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80"));
  EXPECT_FALSE(is_utf8("\xe2\x82"));
}

TEST(EscapeControl, keeps_one_text_on_one_line) {
  EXPECT_EQ(escape_control("a\nb\x1b[31m\xff"), "a\\nb\\u001b[31m\\xff");
  EXPECT_EQ(escape_control("é\xc2\x85"), "é\\u0085");
}

// Reordered or broken lines show something else than what is there.
TEST(EscapeControl, shows_marks_that_turn_or_break_a_line) {
  EXPECT_EQ(escape_control("a\u202egpj.exe"), "a\\u202egpj.exe");
  EXPECT_EQ(escape_control("\u2066x\u2069\u061c\u200f"), "\\u2066x\\u2069\\u061c\\u200f");
  EXPECT_EQ(escape_control("a\u2028b\u2029"), "a\\u2028b\\u2029");
  EXPECT_EQ(escape_control("שלום, e\u0301 👩\u200d🔧"), "שלום, e\u0301 👩\u200d🔧");
}

TEST(Trimmed, drops_only_the_ends) { EXPECT_EQ(trimmed(" \t a b \r\n"), "a b"); }

TEST(Split, keeps_empty_parts) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
}

}  // namespace
}  // namespace carillon
