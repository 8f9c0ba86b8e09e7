#include "adapters/embedded/sqlite/search/trigram_query.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace carillon {
namespace {

TEST(TrigramQuery, asks_for_every_trigram_of_a_short_text) {
  EXPECT_EQ(trigram_query("abc"), R"("abc")");
  EXPECT_EQ(trigram_query("abcde"), R"("abc" AND "bcd" AND "cde")");
}

TEST(TrigramQuery, counts_characters_not_bytes) {
  EXPECT_EQ(trigram_query("\u00e4\u00f6"), std::nullopt);
  EXPECT_EQ(trigram_query("\u00e4\u00f6\u00fcx"), "\"\u00e4\u00f6\u00fc\" AND \"\u00f6\u00fcx\"");
}

TEST(TrigramQuery, doubles_quotes) {
  EXPECT_EQ(trigram_query(R"(a"b)"), R"("a""b")");
  EXPECT_EQ(trigram_query(R"(""")"), R"("""""""")");
}

TEST(TrigramQuery, asks_for_a_part_of_a_long_text_from_its_beginning_to_its_end) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += std::to_string(100 + i);
  const std::string query = trigram_query(text).value();
  EXPECT_EQ(std::ranges::count(query, 'A'), 15);
  EXPECT_TRUE(query.starts_with(R"("100" AND )"));
  EXPECT_TRUE(query.ends_with(R"( AND "199")"));
}

TEST(TrigramQuery, asks_for_nothing_that_the_index_cannot_find) {
  EXPECT_EQ(trigram_query(""), std::nullopt);
  EXPECT_EQ(trigram_query("ab"), std::nullopt);
  EXPECT_EQ(trigram_query(std::string("ab\0cd", 5)), std::nullopt);
  EXPECT_EQ(trigram_query("abc\xff"), std::nullopt);
}

}  // namespace
}  // namespace carillon
