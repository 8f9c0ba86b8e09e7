#include "api/messages/entity_tag.h"

#include <gtest/gtest.h>

namespace carillon::api {
namespace {

TEST(IfMatch, names_a_version_or_any) {
  EXPECT_EQ(read_if_match("\"7\""), TaskVersion(7));
  EXPECT_EQ(read_if_match(" \"7\" "), TaskVersion(7));
  EXPECT_EQ(read_if_match("*"), std::nullopt);
  EXPECT_EQ(read_if_match(entity_tag(TaskVersion(12))), TaskVersion(12));
}

TEST(IfMatch, matches_nothing_with_a_tag_that_no_version_has) {
  for (const char* tag : {"7", "W/\"7\"", "\"\"", "\"x\"", "\"7", "\"-1\"", "", "\"7x\"",
                          "\"18446744073709551616\""}) {
    const auto read = read_if_match(tag);
    ASSERT_FALSE(read) << tag;
    EXPECT_EQ(read.error().code, ErrorCode::version_mismatch) << tag;
  }
}

TEST(IfMatch, takes_no_list) {
  EXPECT_EQ(read_if_match("\"7\", \"8\"").error().code, ErrorCode::malformed_request);
}

TEST(IfNoneMatch, knows_lists_weak_tags_and_any) {
  const TaskVersion seven(7);
  for (const char* header : {"\"7\"", "\"6\", \"7\"", "W/\"7\"", "*"}) {
    EXPECT_TRUE(none_match_fails(header, seven)) << header;
  }
  for (const char* header : {"\"6\"", "7", "", "\"77\""}) {
    EXPECT_FALSE(none_match_fails(header, seven)) << header;
  }
}

}  // namespace
}  // namespace carillon::api
