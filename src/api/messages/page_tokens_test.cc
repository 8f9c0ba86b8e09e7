#include "api/messages/page_tokens.h"

#include <gtest/gtest.h>

namespace carillon::api {
namespace {

constexpr SipKey kKey{.low = 1, .high = 2};

TEST(PageTokens, give_the_cursor_back) {
  const PageTokens tokens(kKey);
  for (const std::string& cursor :
       {std::string("x"), std::string("a\0\xff|z", 5), std::string(300, 'q')}) {
    EXPECT_EQ(tokens.open("tasks", tokens.seal("tasks", cursor)), cursor);
  }
}

TEST(PageTokens, are_text_that_needs_no_escape_in_an_address) {
  const std::string token = PageTokens(kKey).seal("tasks", std::string(40, '\xfe'));
  EXPECT_EQ(
      token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string::npos);
}

TEST(PageTokens, refuse_every_change_of_a_character) {
  const PageTokens tokens(kKey);
  const std::string token = tokens.seal("tasks", "cursor");
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string tampered = token;
    tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
    const auto opened = tokens.open("tasks", tampered);
    ASSERT_FALSE(opened) << i;
    EXPECT_EQ(opened.error().code, ErrorCode::bad_page_token);
  }
}

TEST(PageTokens, refuse_another_listing_another_key_and_garbage) {
  const PageTokens tokens(kKey);
  const std::string token = tokens.seal("tasks\na", "cursor");
  EXPECT_FALSE(tokens.open("tasks\nb", token));
  EXPECT_FALSE(PageTokens({.low = 1, .high = 3}).open("tasks\na", token));
  for (const char* garbage : {"", "A", "!!", "AAAAAAAAAAA", "a b", "\xff\xff"}) {
    EXPECT_FALSE(tokens.open("tasks\na", garbage)) << garbage;
  }
}

TEST(PageTokens, do_not_confuse_the_end_of_the_listing_with_the_cursor) {
  const PageTokens tokens(kKey);
  EXPECT_NE(tokens.seal("ab", "c").substr(0, 10), tokens.seal("a", "bc").substr(0, 10));
}

}  // namespace
}  // namespace carillon::api
