#include "codec/json_document.h"

#include <string>

#include <gtest/gtest.h>

namespace carillon {
namespace {

Error fault(std::string_view text) {
  auto document = JsonDocument::parse(text);
  EXPECT_FALSE(document.has_value()) << text;
  return document ? Error{} : document.error();
}

TEST(JsonDocument, says_line_and_column_of_a_fault) {
  EXPECT_NE(fault("{\"a\": 1,\n \"b\": x}").message.find("line 2, column 7"), std::string::npos)
      << fault("{\"a\": 1,\n \"b\": x}").message;
}

TEST(JsonDocument, refuses_what_must_not_enter) {
  for (const std::string& text :
       {std::string("{\"a\":1,\"a\":2}"), std::string("{\"x\":[{\"k\":1,\"k\":2}]}"),
        std::string("\"\xff\""), std::string(R"("\ud800")"), std::string("{} {}"), std::string(""),
        std::string("18446744073709551616"), std::string("{\"a\":01}"), std::string("[1,]"),
        std::string(10'000, '['), std::string(65, '[') + std::string(65, ']')}) {
    EXPECT_EQ(fault(text).code, ErrorCode::malformed_json) << text.substr(0, 40);
  }
}

TEST(JsonDocument, keeps_integers_of_64_bits_exact) {
  const std::string text =
      R"({"max":9223372036854775807,"big":18446744073709551615,"min":-9223372036854775808,)"
      R"("f":0.1,"s":"é\u0000🔔"})";
  const auto document = JsonDocument::parse(text);
  ASSERT_TRUE(document.has_value());
  const std::string out = minified(document->root());
  EXPECT_NE(out.find("9223372036854775807"), std::string::npos);
  EXPECT_NE(out.find("18446744073709551615"), std::string::npos);
  EXPECT_NE(out.find("-9223372036854775808"), std::string::npos);
  EXPECT_NE(out.find("0.1"), std::string::npos);
  EXPECT_NE(out.find("🔔"), std::string::npos);
}

TEST(JsonDocument, takes_64_levels) {
  EXPECT_TRUE(JsonDocument::parse(std::string(63, '[') + std::string(63, ']')).has_value());
}

}  // namespace
}  // namespace carillon
