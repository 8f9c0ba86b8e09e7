#include "api/platform/cron_controller.h"

#include <gtest/gtest.h>

#include "api/testing/api_client.h"

namespace carillon::api {
namespace {

using testing::ApiClient;
using testing::json_of;
using testing::text_at;

http::Response explain(std::string body) {
  ApiClient client;
  return client.post("/api/v1/cron/explain", std::move(body));
}

std::string refusal(const http::Response& response) {
  return std::to_string(response.status) + " " + text_at(response, "/code");
}

TEST(ExplainCron, shows_the_dialect_and_the_next_slots) {
  const auto answer = explain(R"({"expr":"0 */5 * * * *"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(text_at(answer, "/dialect"), "spring");
  EXPECT_EQ(text_at(answer, "/slots/0/nominal"), "2026-01-01T00:05:00.000Z");
  EXPECT_EQ(text_at(answer, "/slots/0/local"), "2026-01-01T00:05:00");
  EXPECT_EQ(text_at(answer, "/slots/0/offset"), "+00:00");
  EXPECT_EQ(text_at(answer, "/slots/0/disposition"), "null");
  EXPECT_EQ(json_of(answer).at("slots").as_array().size(), 5U);
}

TEST(ExplainCron, counts_an_instant_that_is_from_itself) {
  const auto answer = explain(R"({"expr":"0 0 * * * *","from":"2026-05-01T12:00:00Z","count":1})");
  EXPECT_EQ(text_at(answer, "/slots/0/nominal"), "2026-05-01T12:00:00.000Z");
}

TEST(ExplainCron, shows_what_daylight_saving_does) {
  const auto spring = explain(R"({"expr":"0 30 2 * * *","timeZone":"Europe/Berlin",
                                  "from":"2026-03-28T12:00:00Z","count":2})");
  EXPECT_EQ(text_at(spring, "/slots/0/disposition"), "SKIPPED_DST");
  EXPECT_EQ(text_at(spring, "/slots/1/disposition"), "null");
  EXPECT_EQ(text_at(spring, "/slots/1/offset"), "+02:00");
  EXPECT_NE(text_at(spring, "/slots/0/notes/0"), "(missing)");
}

TEST(ExplainCron, shows_warnings) {
  const auto answer = explain(R"({"expr":"0 0 1 * MON"})");
  EXPECT_EQ(text_at(answer, "/dialect"), "unix");
  EXPECT_EQ(text_at(answer, "/warnings/0/code"), "day-or");
}

TEST(ExplainCron, says_where_the_expression_is_wrong) {
  const auto answer = explain(R"({"expr":"0 60 25 * * *"})");
  EXPECT_EQ(refusal(answer), "422 cron-value-range");
  EXPECT_EQ(text_at(answer, "/errors/0/pointer"), "/expr");
  EXPECT_EQ(text_at(answer, "/errors/0/column"), "3");
  EXPECT_EQ(text_at(answer, "/errors/1/column"), "6");
}

TEST(ExplainCron, refuses_what_it_cannot_use) {
  EXPECT_EQ(refusal(explain("{}")), "422 missing-field");
  EXPECT_EQ(refusal(explain("")), "422 missing-field");
  EXPECT_EQ(refusal(explain(R"({"expr":"* * * * *","count":1001})")), "422 invalid-value");
  EXPECT_EQ(refusal(explain(R"({"expr":"* * * * *","count":0})")), "422 invalid-value");
  EXPECT_EQ(refusal(explain(R"({"expr":"* * * * *","timezone":"UTC"})")), "422 unknown-field");
  const auto zone = explain(R"({"expr":"* * * * *","timeZone":"Europe/Berlim"})");
  EXPECT_EQ(refusal(zone), "422 unknown-time-zone");
  EXPECT_EQ(text_at(zone, "/errors/0/pointer"), "/timeZone");
}

TEST(ExplainCron, gives_as_many_slots_as_asked) {
  const auto answer = explain(R"({"expr":"* * * * * *","count":1000})");
  EXPECT_EQ(json_of(answer).at("slots").as_array().size(), 1000U);
}

}  // namespace
}  // namespace carillon::api
