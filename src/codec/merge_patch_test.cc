#include "codec/merge_patch.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace carillon {
namespace {

std::string patched(std::string_view target, std::string_view patch) {
  const auto before = JsonDocument::parse(target);
  const auto change = JsonDocument::parse(patch);
  return merge_patch(before->root(), change->root());
}

// The cases of RFC 7396, appendix A.
TEST(MergePatch, gives_the_examples_of_the_rfc) {
  EXPECT_EQ(patched(R"({"a":"b"})", R"({"a":"c"})"), R"({"a":"c"})");
  EXPECT_EQ(patched(R"({"a":"b"})", R"({"b":"c"})"), R"({"a":"b","b":"c"})");
  EXPECT_EQ(patched(R"({"a":"b"})", R"({"a":null})"), R"({})");
  EXPECT_EQ(patched(R"({"a":"b","b":"c"})", R"({"a":null})"), R"({"b":"c"})");
  EXPECT_EQ(patched(R"({"a":["b"]})", R"({"a":"c"})"), R"({"a":"c"})");
  EXPECT_EQ(patched(R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})"), R"({"a":{"b":"d"}})");
  EXPECT_EQ(patched(R"({"a":[{"b":"c"}]})", R"({"a":[1]})"), R"({"a":[1]})");
  EXPECT_EQ(patched(R"(["a","b"])", R"(["c","d"])"), R"(["c","d"])");
  EXPECT_EQ(patched(R"({"a":"foo"})", R"("bar")"), R"("bar")");
  EXPECT_EQ(patched(R"({"e":null})", R"({"a":1})"), R"({"e":null,"a":1})");
  EXPECT_EQ(patched(R"([1,2])", R"({"a":"b","c":null})"), R"({"a":"b"})");
  EXPECT_EQ(patched(R"({})", R"({"a":{"bb":{"ccc":null}}})"), R"({"a":{"bb":{}}})");
}

// Looking for each member among all of the others took a hundred seconds here.
TEST(MergePatch, takes_as_many_members_as_a_body_can_hold) {
  std::string target = "{";
  std::string patch = "{";
  for (int i = 0; i < 100'000; ++i) {
    target += fmt::format("{}\"a{:06}\":1", i == 0 ? "" : ",", i);
    patch += fmt::format("{}\"b{:06}\":2", i == 0 ? "" : ",", i);
  }
  const std::string merged = patched(target + "}", patch + "}");
  EXPECT_EQ(merged, target + "," + patch.substr(1) + "}");
}

}  // namespace
}  // namespace carillon
