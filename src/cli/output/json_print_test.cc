#include "cli/output/json_print.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace carillon::cli {
namespace {

TEST(CompactJson, keeps_64_bit_integers_and_short_doubles) {
  const std::string text =
      R"({"a":9223372036854775807,"b":18446744073709551615,"c":-1,"d":0.1,"e":1e+30,"f":3.0})";
  EXPECT_EQ(compact_json(boost::json::parse(text)), text);
}

TEST(CompactJson, escapes_what_a_terminal_would_obey) {
  const auto value = boost::json::parse("[\"\\u001b[31m\x7f\xc2\x9b\"]");
  EXPECT_EQ(compact_json(value), R"(["\u001b[31m\u007f\u009b"])");
}

TEST(PrettyJson, indents_by_two_and_keeps_empty_ones_short) {
  EXPECT_EQ(pretty_json(boost::json::parse(R"({"a":[1,{"b":null}],"c":{},"d":[]})")),
            "{\n"
            "  \"a\": [\n"
            "    1,\n"
            "    {\n"
            "      \"b\": null\n"
            "    }\n"
            "  ],\n"
            "  \"c\": {},\n"
            "  \"d\": []\n"
            "}");
}

TEST(YamlText, quotes_strings_that_would_read_as_something_else) {
  const auto value = boost::json::parse(
      R"({"plain":"data_processing","cron":"0 */5 * * * *","yes":"yes","number":"12","empty":"",
          "null":null,"n":12,"list":["a",{"b":1,"c":[2]}],"nested":{"x":true},"none":[]})");
  EXPECT_EQ(yaml_text(value),
            "plain: data_processing\n"
            "cron: \"0 */5 * * * *\"\n"
            "\"yes\": \"yes\"\n"
            "number: \"12\"\n"
            "empty: \"\"\n"
            "\"null\": null\n"
            "\"n\": 12\n"
            "list:\n"
            "  - a\n"
            "  - b: 1\n"
            "    c:\n"
            "      - 2\n"
            "nested:\n"
            "  x: true\n"
            "none: []\n");
}

TEST(YamlText, of_a_scalar_is_one_line) {
  EXPECT_EQ(yaml_text(boost::json::parse("5")), "5\n");
  EXPECT_EQ(yaml_text(boost::json::parse("[]")), "[]\n");
}

}  // namespace
}  // namespace carillon::cli
