#include "domain/cron/cron_parser.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace carillon {
namespace {

TEST(CronParser, counts_columns_in_the_text_as_given) {
  const auto parsed = parse_cron("  0 60 * * * *", CronDialect::auto_detect);
  EXPECT_EQ(parsed.error().front().position, 5U);
}

TEST(CronParser, names_field_and_token_of_a_fault) {
  const auto parsed = parse_cron("0 0 0 * 13 *", CronDialect::auto_detect);
  EXPECT_EQ(parsed.error().front().field, CronField::month);
  EXPECT_EQ(parsed.error().front().token, "13");
}

TEST(CronParser, refuses_a_text_of_more_than_512_characters) {
  const auto parsed = parse_cron(std::string(513, '*'), CronDialect::auto_detect);
  EXPECT_EQ(parsed.error().front().message, "the expression is longer than 512 characters.");
}

TEST(CronParser, refuses_what_is_not_ascii_at_its_column) {
  const auto parsed = parse_cron("0 0 \xc3\xa4 * *", CronDialect::auto_detect);
  EXPECT_EQ(parsed.error().front().code, ErrorCode::cron_bad_token);
  EXPECT_EQ(parsed.error().front().position, 5U);
}

TEST(CronParser, calls_an_expression_wildcard_when_a_time_field_begins_with_a_star) {
  const auto shape = [](const char* text, CronDialect dialect) {
    return parse_cron(text, dialect)->expression.shape();
  };
  EXPECT_EQ(shape("0 30 2 * * *", CronDialect::spring), CronShape::fixed);
  EXPECT_EQ(shape("30 2 * * *", CronDialect::unix_cron), CronShape::fixed);
  EXPECT_EQ(shape("*/10 2 * * *", CronDialect::unix_cron), CronShape::wildcard);
  EXPECT_EQ(shape("0 30 * * * *", CronDialect::spring), CronShape::wildcard);
  EXPECT_EQ(shape("@hourly", CronDialect::unix_cron), CronShape::wildcard);
  EXPECT_EQ(shape("@daily", CronDialect::unix_cron), CronShape::fixed);
}

TEST(ParseCrons, lets_a_macro_join_the_dialect_of_the_others) {
  const std::array<std::string, 2> texts{"@daily", "30 4 * * *"};
  const auto parsed = parse_crons(texts, CronDialect::auto_detect);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->dialect, CronDialect::unix_cron);
  EXPECT_EQ(parsed->expressions.size(), 2U);
}

TEST(ParseCrons, of_macros_alone_is_spring) {
  const std::array<std::string, 1> texts{"@daily"};
  EXPECT_EQ(parse_crons(texts, CronDialect::auto_detect)->dialect, CronDialect::spring);
}

TEST(ParseCrons, refuses_mixed_numbers_of_fields) {
  const std::array<std::string, 3> texts{"0 4 * * *", "0 0 4 * * *", "* * *"};
  const auto parsed = parse_crons(texts, CronDialect::auto_detect);
  ASSERT_FALSE(parsed);
  ASSERT_EQ(parsed.error().size(), 2U);
  EXPECT_EQ(parsed.error()[0].index, 1U);
  EXPECT_EQ(parsed.error()[0].faults.front().message,
            "this expression is spring by its number of fields, the first one unix.");
  EXPECT_EQ(parsed.error()[1].index, 2U);
}

TEST(CronHints, quote_an_expression_with_tabs_on_one_line) {
  const auto parsed = parse_cron("0\t0 * * *", CronDialect::spring);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().front().hint,
            "Add the seconds: `0 0 0 * * *`, or set cronDialect to unix.");
}

}  // namespace
}  // namespace carillon
