#include "api/http/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace carillon::http {
namespace {

using testing::ElementsAre;

TEST(Headers, are_found_whatever_their_case) {
  Headers headers;
  headers.add("Content-Type", "application/json");
  headers.add("content-type", "text/plain");
  EXPECT_EQ(headers.find("CONTENT-TYPE"), "application/json");
  EXPECT_EQ(headers.find("Accept"), std::nullopt);
}

TEST(Headers, stay_valid_when_moved) {
  Headers headers;
  headers.add("a", "1");
  const Headers moved = std::move(headers);
  EXPECT_EQ(moved.find("A"), "1");
}

TEST(Request, splits_the_target_at_the_first_question_mark) {
  const Request request{.target = "/api/tasks?filter=a?b"};
  EXPECT_EQ(request.path(), "/api/tasks");
  EXPECT_EQ(request.query(), "filter=a?b");
  EXPECT_EQ(Request{.target = "/x"}.query(), "");
}

TEST(Request, decodes_segments_after_the_split) {
  const Request request{.target = "/api/a%2Fb/tasks:batch/?q"};
  EXPECT_THAT(request.path_segments(), ElementsAre("api", "a/b", "tasks:batch", ""));
  EXPECT_THAT(Request{.target = "/"}.path_segments(), ElementsAre(""));
}

TEST(Request, decodes_query_items_as_forms_do) {
  const Request request{.target = "/x?a=1+2&b=%2b&&c&a=3&d=%zz%4"};
  EXPECT_THAT(request.query_items(),
              ElementsAre(QueryItem{"a", "1 2"}, QueryItem{"b", "+"}, QueryItem{"c", ""},
                          QueryItem{"a", "3"}, QueryItem{"d", "%zz%4"}));
  EXPECT_EQ(request.query_value("a"), "1 2");
  EXPECT_EQ(request.query_value("e"), std::nullopt);
}

TEST(Method, names_are_exact) {
  EXPECT_EQ(method_from_text("DELETE"), Method::delete_);
  EXPECT_EQ(method_from_text("get"), Method::other);
}

}  // namespace
}  // namespace carillon::http
