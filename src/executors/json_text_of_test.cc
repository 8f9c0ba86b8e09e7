#include "executors/json_text_of.h"

#include <limits>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace carillon {
namespace {

TEST(JsonTextOf, writes_numbers_as_people_do) {
  for (const char* text : {R"({"a":12.5,"b":[1,-2,0.1],"c":18446744073709551615,"d":"é\"\n"})",
                           "null", "[]", "{}", "[[],{}]", "true"}) {
    EXPECT_EQ(json_text_of(boost::json::parse(text)), text);
  }
}

TEST(JsonTextOf, has_no_word_for_infinity) {
  EXPECT_EQ(json_text_of(std::numeric_limits<double>::infinity()), "null");
}

}  // namespace
}  // namespace carillon
