#include "api/tasks/task_batch_controller.h"

#include <gtest/gtest.h>

#include "api/testing/api_client.h"

namespace carillon::api {
namespace {

using testing::ApiClient;
using testing::json_of;
using testing::text_at;

std::string refusal(const http::Response& response) {
  return std::to_string(response.status) + " " + text_at(response, "/code");
}

TEST(CreateTasks, makes_all_of_them) {
  ApiClient client;
  for (const char* body :
       {R"({"tasks":[{"name":"a"},{"name":"b"}]})", R"([{"name":"a"},{"name":"b"}])"}) {
    const auto answer = client.post("/api/v1/tasks:batch", body);
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(text_at(answer, "/created"), "2");
    EXPECT_EQ(text_at(answer, "/items/1/task/name"), "b");
    EXPECT_EQ(text_at(answer, "/items/1/status"), "201");
  }
}

TEST(CreateTasks, makes_none_when_one_is_invalid) {
  ApiClient client;
  const auto answer = client.post(
      "/api/v1/tasks:batch", R"([{"name":"a"},{"nme":"b"},{"name":"c","cronExpression":"x"}])");
  EXPECT_EQ(refusal(answer), "422 unknown-field");
  EXPECT_EQ(text_at(answer, "/errors/0/pointer"), "/tasks/1/nme");
  EXPECT_EQ(text_at(answer, "/errors/1/pointer"), "/tasks/2/cronExpression");
  EXPECT_FALSE(client.gateway.created);
}

TEST(CreateTasks, makes_the_valid_ones_when_asked_for_each) {
  ApiClient client;
  const auto answer =
      client.post("/api/v1/tasks:batch?mode=each",
                  R"([{"nme":"a"},{"name":"b"},{"name":"c","cronExpression":"0 60 * * * *"}])");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(text_at(answer, "/created"), "1");
  EXPECT_EQ(text_at(answer, "/failed"), "2");
  EXPECT_EQ(text_at(answer, "/items/0/problem/code"), "unknown-field");
  EXPECT_EQ(text_at(answer, "/items/0/task"), "null");
  EXPECT_EQ(text_at(answer, "/items/1/task/name"), "b");
  EXPECT_EQ(text_at(answer, "/items/1/problem"), "null");
  EXPECT_EQ(text_at(answer, "/items/2/status"), "422");
  EXPECT_EQ(text_at(answer, "/items/2/problem/code"), "cron-value-range");
}

TEST(CreateTasks, answers_an_empty_batch) {
  ApiClient client;
  const auto answer = client.post("/api/v1/tasks:batch", "[]");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, R"({"created":0,"failed":0,"items":[]})");
}

TEST(CreateTasks, gives_each_item_its_own_key) {
  ApiClient client;
  client.send({.method = "POST",
               .target = "/api/v1/tasks:batch?schedule=true",
               .body = R"([{"name":"a"},{"name":"b"}])",
               .headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", "k"}}});
  EXPECT_EQ(client.gateway.caller->request_key->key, "createTasks  k#1");
  EXPECT_EQ(client.gateway.created->arm, ArmOnCreate::yes);
}

TEST(CreateTasks, refuses_more_than_a_thousand_and_what_is_no_batch) {
  ApiClient client;
  std::string many = "[{}";
  for (int i = 0; i < 1000; ++i) many += ",{}";
  EXPECT_EQ(refusal(client.post("/api/v1/tasks:batch", many + "]")), "422 batch-too-large");
  EXPECT_EQ(refusal(client.post("/api/v1/tasks:batch", "{}")), "422 invalid-value");
  EXPECT_EQ(refusal(client.post("/api/v1/tasks:batch", "[")), "400 malformed-json");
  EXPECT_EQ(refusal(client.post("/api/v1/tasks:batch?mode=some", "[]")), "422 invalid-value");
}

TEST(CreateTasks, tells_a_failure_of_the_server_as_its_own) {
  ApiClient client;
  client.gateway.next_problem = {{.code = ErrorCode::storage_full, .message = "full"}, {}};
  EXPECT_EQ(refusal(client.post("/api/v1/tasks:batch", R"([{"name":"a"}])")), "507 storage-full");
}

TEST(ValidateTask, says_what_is_wrong_and_stores_nothing) {
  ApiClient client;
  const auto good = client.post("/api/v1/tasks:validate", R"({"name":"a"})");
  EXPECT_EQ(good.body, R"({"valid":true,"errors":[],"warnings":[]})");
  const auto bad =
      client.post("/api/v1/tasks:validate", R"({"name":"a","cronExpression":"0 60 * * * *"})");
  EXPECT_EQ(bad.status, 200);
  EXPECT_EQ(text_at(bad, "/valid"), "false");
  EXPECT_EQ(text_at(bad, "/errors/0/column"), "3");
  const auto typo = client.post("/api/v1/tasks:validate", R"({"nme":"a"})");
  EXPECT_EQ(text_at(typo, "/errors/0/code"), "unknown-field");
  const auto doubtful =
      client.post("/api/v1/tasks:validate", R"({"name":"a","cronExpression":"0 0 1 * MON"})");
  EXPECT_EQ(text_at(doubtful, "/warnings/0/code"), "day-or");
  EXPECT_EQ(refusal(client.post("/api/v1/tasks:validate", "{")), "400 malformed-json");
  EXPECT_FALSE(client.gateway.created);
}

}  // namespace
}  // namespace carillon::api
