#include "tests/scenario/scenario_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rfc3339.h"

namespace carillon {
namespace {

using testing::ElementsAre;

TEST(ScenarioText, parts_lines_into_words_and_keeps_quoted_blanks) {
  const auto lines = scenario_lines("# a comment\n\ncreate t1 cron=\"0 0 * * * *\"  a=b # end\n");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines.front().number, 3U);
  EXPECT_THAT(lines.front().words, ElementsAre("create", "t1", "cron=0 0 * * * *", "a=b"));
}

TEST(ScenarioText, keeps_a_json_document_whole_to_the_end_of_the_line) {
  const auto lines = scenario_lines("create t1 {\"name\": \"a # b\"}\n");
  EXPECT_THAT(lines.front().words, ElementsAre("create", "t1", "{\"name\": \"a # b\"}"));
}

TEST(ScenarioText, reads_spans) {
  EXPECT_EQ(*parse_span("1h30m"), Duration::minutes(90));
  EXPECT_EQ(*parse_span("500ms"), Duration::milliseconds(500));
  EXPECT_EQ(*parse_span("2d"), Duration::days(2));
  EXPECT_FALSE(parse_span("5"));
  EXPECT_FALSE(parse_span("fast"));
}

TEST(ScenarioText, reads_a_time_of_day_on_the_given_day) {
  const Instant day = *parse_rfc3339("2026-03-04T10:00:00Z");
  EXPECT_EQ(*parse_moment("01:30", day), *parse_rfc3339("2026-03-04T01:30:00Z"));
  EXPECT_EQ(*parse_moment("01:30:05", day), *parse_rfc3339("2026-03-04T01:30:05Z"));
  EXPECT_EQ(*parse_moment("2026-01-01T00:00:00Z", day), *parse_rfc3339("2026-01-01T00:00:00Z"));
}

TEST(ScenarioText, sets_fields_by_their_json_names_wherever_they_lie) {
  TaskDefinition task;
  ASSERT_TRUE(set_field(task, "cronExpression", "0 0 * * * *"));
  ASSERT_TRUE(set_field(task, "overlap", "buffer_all"));
  ASSERT_TRUE(set_field(task, "attemptMs", "5s"));
  ASSERT_TRUE(set_field(task, "tags", "a,b"));
  ASSERT_TRUE(set_field(task, "backoff", "exponential"));
  EXPECT_EQ(task.schedule.cron_expression, "0 0 * * * *");
  EXPECT_EQ(task.overlap, Overlap::buffer_all);
  EXPECT_EQ(task.timeouts.attempt, Duration::seconds(5));
  EXPECT_THAT(task.tags, ElementsAre("a", "b"));
  EXPECT_EQ(task.retry.backoff, Backoff::exponential);
  EXPECT_FALSE(set_field(task, "overlap", "sometimes"));
  EXPECT_FALSE(set_field(task, "noSuchField", "1"));
}

}  // namespace
}  // namespace carillon
