#include "api/tasks/task_controller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/api_client.h"
#include "domain/words.h"

namespace carillon::api {
namespace {

using testing::ApiClient;
using ::testing::HasSubstr;
using testing::json_of;
using testing::kOtherTaskText;
using testing::kTaskText;
using testing::text_at;

const std::string kTask = std::string("/api/v1/tasks/") + kTaskText;
const std::pair<std::string, std::string> kJson{"Content-Type", "application/json"};

// Status and code of a refusal: "404 not-found".
std::string refusal(const http::Response& response) {
  return std::to_string(response.status) + " " + text_at(response, "/code");
}

TEST(CreateTask, answers_with_the_task_its_address_and_its_tag) {
  ApiClient client;
  const auto answer = client.post("/api/tasks", R"({"name":"Sample Task"})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.header("Location"), kTask);
  EXPECT_EQ(answer.header("ETag"), "\"1\"");
  EXPECT_EQ(text_at(answer, "/name"), "Sample Task");
  EXPECT_EQ(client.gateway.created->arm, ArmOnCreate::no);
}

TEST(CreateTask, arms_the_task_when_asked) {
  ApiClient client;
  EXPECT_EQ(client.post("/api/tasks?schedule=true", R"({"name":"a"})").status, 201);
  EXPECT_EQ(client.gateway.created->arm, ArmOnCreate::yes);
  EXPECT_EQ(refusal(client.post("/api/tasks?schedule=perhaps", R"({"name":"a"})")),
            "422 invalid-value");
}

TEST(CreateTask, shows_warnings) {
  ApiClient client;
  client.gateway.warnings = {{.code = "day-or", .message = "Both days count.", .hint = ""}};
  const auto answer = client.post("/api/tasks", R"({"name":"a"})");
  EXPECT_EQ(text_at(answer, "/warnings/0/code"), "day-or");
}

TEST(CreateTask, names_every_fault_with_its_pointer) {
  ApiClient client;
  const auto answer = client.post(
      "/api/tasks", R"({"nam":"a","maxRetries":"3","tags":[1],"timeouts":{"attemptMs":true}})");
  EXPECT_EQ(refusal(answer), "422 unknown-field");
  EXPECT_EQ(answer.content_type, "application/problem+json");
  EXPECT_EQ(text_at(answer, "/errors/0/pointer"), "/nam");
  EXPECT_EQ(text_at(answer, "/errors/0/hint"), "Did you mean 'name'?");
  EXPECT_EQ(text_at(answer, "/errors/1/pointer"), "/maxRetries");
  EXPECT_EQ(text_at(answer, "/errors/2/pointer"), "/tags/0");
  EXPECT_EQ(text_at(answer, "/errors/3/pointer"), "/timeouts/attemptMs");
  EXPECT_EQ(text_at(answer, "/errors/3/code"), "invalid-value");
  EXPECT_EQ(text_at(answer, "/requestId"), "r-1");
  EXPECT_EQ(text_at(answer, "/instance"), "/api/tasks");
}

TEST(CreateTask, tells_the_faults_that_the_gateway_finds) {
  ApiClient client;
  const auto answer = client.post("/api/tasks", R"({"name":"a","cronExpression":"0 60 * * * *"})");
  EXPECT_EQ(refusal(answer), "422 cron-value-range");
  EXPECT_EQ(text_at(answer, "/errors/0/pointer"), "/cronExpression");
  EXPECT_EQ(text_at(answer, "/errors/0/column"), "3");
}

// One row per rule of JSON that we keep: the body, and what it is refused with.
struct BadBody {
  const char* why;
  std::string body;
  const char* refusal;
};

class JsonHygiene : public ::testing::TestWithParam<BadBody> {};

TEST_P(JsonHygiene, is_kept) {
  ApiClient client;
  EXPECT_EQ(refusal(client.post("/api/tasks", GetParam().body)), GetParam().refusal);
  EXPECT_FALSE(client.gateway.created);
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, JsonHygiene,
    ::testing::Values(
        BadBody{"empty", "", "400 malformed-json"},
        BadBody{"cut", R"({"name":)", "400 malformed-json"},
        BadBody{"tail", R"({"name":"a"} x)", "400 malformed-json"},
        BadBody{"twice", R"({"name":"a","name":"b"})", "400 malformed-json"},
        BadBody{"twice_inside", R"({"name":"a","parameters":{"x":{"y":1,"y":2}}})",
                "400 malformed-json"},
        BadBody{"depth",
                R"({"name":"a","parameters":{"x":)" + std::string(64, '[') + std::string(64, ']') +
                    "}}",
                "400 malformed-json"},
        BadBody{"utf8", "{\"name\":\"\xff\"}", "400 malformed-json"},
        BadBody{"surrogate", R"({"name":"\ud800"})", "400 malformed-json"},
        BadBody{"big", R"({"name":"a","maxRetries":18446744073709551616})", "400 malformed-json"},
        BadBody{"nan", R"({"name":"a","maxRetries":NaN})", "400 malformed-json"},
        BadBody{"comment", "{\"name\":\"a\"/**/}", "400 malformed-json"},
        BadBody{"array", "[]", "422 invalid-value"},
        BadBody{"string", "\"a\"", "422 invalid-value"},
        BadBody{"null", "null", "422 invalid-value"},
        BadBody{"negative", R"({"name":"a","maxRetries":-1})", "422 invalid-value"},
        BadBody{"fraction", R"({"name":"a","maxRetries":1.5})", "422 invalid-value"},
        BadBody{"word", R"({"name":"a","overlap":"sometimes"})", "422 invalid-value"},
        BadBody{"parameters", R"({"name":"a","parameters":[]})", "422 invalid-value"}),
    [](const auto& info) { return std::string(info.param.why); });

TEST(JsonFaults, say_line_and_column) {
  ApiClient client;
  const auto answer = client.post("/api/tasks", "{\n  \"name\": nope\n}");
  EXPECT_THAT(text_at(answer, "/detail"), HasSubstr("line 2"));
}

TEST(BodyForm, must_be_declared_as_json) {
  ApiClient client;
  const auto post = [&](std::vector<std::pair<std::string, std::string>> headers) {
    return client.send(
        {.method = "POST", .target = "/api/tasks", .body = R"({"name":"a"})", .headers = headers});
  };
  EXPECT_EQ(post({{"Content-Type", "application/json; charset=utf-8"}}).status, 201);
  EXPECT_EQ(post({{"content-type", "APPLICATION/JSON"}}).status, 201);
  EXPECT_EQ(refusal(post({})), "415 unsupported-media-type");
  EXPECT_EQ(refusal(post({{"Content-Type", "application/x-www-form-urlencoded"}})),
            "415 unsupported-media-type");
  EXPECT_EQ(refusal(post({{"Content-Type", "application/merge-patch+json"}})),
            "415 unsupported-media-type");
}

TEST(BodyForm, is_not_asked_of_an_empty_body) {
  ApiClient client;
  EXPECT_EQ(client.send({.method = "POST", .target = kTask + "/schedule"}).status, 200);
}

TEST(IdempotencyKey, reaches_the_gateway_with_a_fingerprint_of_the_request) {
  ApiClient client;
  const auto post = [&](std::string target, std::string body, std::string key) {
    client.send({.method = "POST",
                 .target = std::move(target),
                 .body = std::move(body),
                 .headers = {kJson, {"Idempotency-Key", std::move(key)}}});
    return *client.gateway.caller->request_key;
  };
  const RequestKey first = post("/api/v1/tasks", R"({"name":"a"})", "k1");
  EXPECT_EQ(first.key, "createTask  k1");
  EXPECT_EQ(first.fingerprint.size(), 32U);
  EXPECT_EQ(post("/api/tasks", R"({"name":"a"})", "k1").fingerprint, first.fingerprint);
  EXPECT_NE(post("/api/v1/tasks", R"({"name":"b"})", "k1").fingerprint, first.fingerprint);
  EXPECT_NE(post("/api/v1/tasks?schedule=true", R"({"name":"a"})", "k1").fingerprint,
            first.fingerprint);
  EXPECT_NE(post(kTask + "/run", "", "k1").key, first.key);
}

TEST(IdempotencyKey, of_an_odd_form_is_refused) {
  ApiClient client;
  for (const std::string& key : {std::string(), std::string("a b"), std::string(256, 'k')}) {
    const auto answer = client.send({.method = "POST",
                                     .target = "/api/tasks",
                                     .body = R"({"name":"a"})",
                                     .headers = {kJson, {"Idempotency-Key", key}}});
    EXPECT_EQ(refusal(answer), "400 malformed-request") << key;
  }
}

TEST(IdempotencyKey, is_answered_with_a_mark_when_it_was_a_repeat) {
  ApiClient client;
  client.gateway.next_answer = TaskAnswer{.replayed = true};
  const auto again = client.post("/api/tasks", R"({"name":"a"})");
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(client.post("/api/tasks", R"({"name":"a"})").header("Idempotency-Replayed"), "");
}

TEST(FindTask, gives_the_whole_task) {
  ApiClient client;
  const auto answer = client.get("/api/tasks/" + std::string(kTaskText));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("ETag"), "\"7\"");
  EXPECT_EQ(text_at(answer, "/id"), kTaskText);
  EXPECT_EQ(text_at(answer, "/executionResult"), "null");
}

TEST(FindTask, says_when_the_client_has_it_already) {
  ApiClient client;
  const auto answer = client.send({.target = kTask, .headers = {{"If-None-Match", "\"7\""}}});
  EXPECT_EQ(answer.status, 304);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.header("ETag"), "\"7\"");
  EXPECT_EQ(client.send({.target = kTask, .headers = {{"If-None-Match", "\"6\""}}}).status, 200);
}

TEST(FindTask, does_not_find_unknown_and_malformed_ids) {
  ApiClient client;
  EXPECT_EQ(refusal(client.get("/api/tasks/" + std::string(kOtherTaskText))), "404 not-found");
  EXPECT_EQ(refusal(client.get("/api/tasks/7")), "404 not-found");
  EXPECT_EQ(refusal(client.get("/api/tasks/%ff%00/status")), "404 not-found");
  EXPECT_EQ(refusal(client.post("/api/tasks/7/run", "")), "404 not-found");
}

TEST(FindTaskStatus, gives_the_short_form) {
  ApiClient client;
  const auto answer = client.get(kTask + "/status");
  EXPECT_EQ(answer.body, std::string(R"({"id":")") + kTaskText +
                             R"(","status":"CREATED","nextExecutionTime":null,)"
                             R"("currentRetries":0,"lastRun":null})");
}

TEST(ScheduleTask, reads_when) {
  ApiClient client;
  EXPECT_EQ(client.post(kTask + "/schedule", R"({"delayMs":60000})").status, 200);
  EXPECT_EQ(std::get<ScheduleTask>(*client.gateway.commanded).delay, Duration::minutes(1));
  EXPECT_EQ(client.post(kTask + "/schedule", R"({"runAt":"2030-01-01T00:00:00Z"})").status, 200);
  EXPECT_TRUE(std::get<ScheduleTask>(*client.gateway.commanded).run_at);
  EXPECT_EQ(
      refusal(client.post(kTask + "/schedule", R"({"runAt":"2030-01-01T00:00:00Z","delayMs":1})")),
      "422 schedule-conflict");
  EXPECT_EQ(refusal(client.post(kTask + "/schedule", R"({"delayMs":-1})")), "422 invalid-value");
  EXPECT_EQ(refusal(client.post(kTask + "/schedule", R"({"header":{}})")), "422 unknown-field");
}

TEST(SetStatus, reads_status_and_outcome) {
  ApiClient client;
  const auto answer =
      client.send({.method = "PUT",
                   .target = kTask + "/status",
                   .body = R"({"status":"COMPLETED","reason":"by hand","executionResult":"42"})",
                   .headers = {kJson}});
  EXPECT_EQ(answer.status, 200);
  const auto& command = std::get<SetStatus>(*client.gateway.commanded);
  EXPECT_EQ(command.status, TaskStatus::completed);
  EXPECT_EQ(command.execution_result, "42");
  EXPECT_FALSE(command.error_message);
}

TEST(SetStatus, needs_a_known_status) {
  ApiClient client;
  const auto put = [&](std::string body) {
    return client.send(
        {.method = "PUT", .target = kTask + "/status", .body = body, .headers = {kJson}});
  };
  EXPECT_EQ(refusal(put("{}")), "422 missing-field");
  EXPECT_EQ(refusal(put("")), "422 missing-field");
  EXPECT_EQ(refusal(put(R"({"status":"DONE"})")), "422 invalid-value");
  EXPECT_THAT(text_at(put(R"({"status":"DONE"})"), "/hint"), HasSubstr("CANCELLED"));
}

TEST(TaskCommands, carry_their_words) {
  ApiClient client;
  EXPECT_EQ(
      client.post(kTask + "/pause", R"({"reason":"x","until":"2030-01-01T00:00:00Z"})").status,
      200);
  EXPECT_EQ(std::get<PauseTask>(*client.gateway.commanded).reason, "x");
  EXPECT_EQ(client.post(kTask + "/run", R"({"overlap":"allow"})").status, 200);
  EXPECT_EQ(std::get<RunNow>(*client.gateway.commanded).overlap, Overlap::allow);
  EXPECT_EQ(client.post(kTask + "/cancel", R"({"reason":"y"})").status, 200);
  EXPECT_EQ(std::get<CancelTask>(*client.gateway.commanded).reason, "y");
  EXPECT_EQ(client.post(kTask + "/resume", "{}").status, 200);
  EXPECT_TRUE(std::holds_alternative<ResumeTask>(*client.gateway.commanded));
  EXPECT_EQ(client.post(kTask + "/retry", "").status, 200);
  EXPECT_TRUE(std::holds_alternative<RetryTask>(*client.gateway.commanded));
}

TEST(TaskCommands, refuse_what_nobody_asks_for) {
  ApiClient client;
  EXPECT_EQ(refusal(client.post(kTask + "/retry", R"({"x":1})")), "422 unknown-field");
  EXPECT_EQ(refusal(client.post(kTask + "/schedule?delayMs=5", "")), "422 unknown-field");
  EXPECT_EQ(refusal(client.post(kTask + "/run", "[]")), "422 invalid-value");
  EXPECT_EQ(refusal(client.get(kTask + "?fields=name")), "422 unknown-field");
  EXPECT_FALSE(client.gateway.commanded);
}

TEST(TaskCommands, name_the_run_they_made) {
  ApiClient client;
  client.gateway.next_answer = TaskAnswer{.run = RunId{.task = testing::task_id(), .number = 3}};
  EXPECT_EQ(client.post(kTask + "/run", "").header("Carillon-Run"), std::string(kTaskText) + ".3");
}

TEST(IfMatch, becomes_the_version_that_the_caller_expects) {
  ApiClient client;
  const auto run = [&](std::string tag) {
    return client.send(
        {.method = "POST", .target = kTask + "/run", .headers = {{"If-Match", std::move(tag)}}});
  };
  EXPECT_EQ(run("\"7\"").status, 200);
  EXPECT_EQ(client.gateway.caller->expected_version, TaskVersion(7));
  EXPECT_EQ(run("*").status, 200);
  EXPECT_FALSE(client.gateway.caller->expected_version);
  EXPECT_EQ(refusal(run("W/\"7\"")), "412 version-mismatch");
  EXPECT_EQ(refusal(run("\"7\",\"8\"")), "400 malformed-request");
}

TEST(UpdateTask, merges_the_patch_into_the_task) {
  ApiClient client;
  const auto answer = client.send({.method = "PATCH",
                                   .target = kTask,
                                   .body = R"({"description":"new","tags":["a"]})",
                                   .headers = {{"Content-Type", "application/merge-patch+json"}}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("ETag"), "\"8\"");
  EXPECT_EQ(text_at(answer, "/name"), "hello");
  EXPECT_EQ(text_at(answer, "/description"), "new");
}

TEST(UpdateTask, names_the_faults_of_the_patch) {
  ApiClient client;
  const auto patch = [&](std::string body) {
    return client.send(
        {.method = "PATCH", .target = kTask, .body = std::move(body), .headers = {kJson}});
  };
  EXPECT_EQ(refusal(patch(R"({"nmae":"x"})")), "422 unknown-field");
  EXPECT_EQ(refusal(patch("[]")), "422 invalid-value");
  EXPECT_EQ(refusal(patch("{")), "400 malformed-json");
}

TEST(DeleteTask, answers_with_nothing) {
  ApiClient client;
  const auto answer = client.send({.method = "DELETE", .target = kTask});
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
}

// Every code of the error table comes out as its own status, whichever way the gateway tells it.
TEST(Outcomes, become_the_status_of_the_error_table) {
  for (const ErrorInfo& info : error_table()) {
    ApiClient client;
    const std::string expected = std::to_string(info.http_status) + " " + std::string(info.word);
    client.gateway.next_problem = {{.code = info.code, .message = "why"}, {}};
    EXPECT_EQ(refusal(client.post(kTask + "/run", "")), expected);
    client.gateway.next_answer =
        TaskAnswer{.problem = std::string(info.word), .message = "why", .hint = "how"};
    const auto answer = client.post(kTask + "/run", "");
    EXPECT_EQ(refusal(answer), expected);
    EXPECT_EQ(text_at(answer, "/hint"), "how");
    const bool may_wait = info.http_status == 429 || info.http_status == 503;
    EXPECT_EQ(answer.header("Retry-After"), may_wait ? "1" : "") << info.word;
    client.gateway.read_error = Error{.code = info.code, .message = "why"};
    EXPECT_EQ(refusal(client.get(kTask)), expected);
    EXPECT_EQ(refusal(client.get("/api/v1/tasks")), expected);
  }
}

TEST(ListTasks, asks_for_filter_order_and_page) {
  ApiClient client;
  const auto answer =
      client.get("/api/v1/tasks?filter=status:failed&orderBy=name%20asc&pageSize=20");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(text_at(answer, "/items/0/name"), "hello");
  EXPECT_EQ(text_at(answer, "/nextPageToken"), "null");
  EXPECT_EQ(client.gateway.listed->order, TaskOrder::name_asc);
  EXPECT_EQ(client.gateway.listed->page.size, 20U);
  EXPECT_TRUE(client.gateway.listed->filter);
}

TEST(ListTasks, coerces_the_page_size) {
  ApiClient client;
  const auto size_of = [&](const std::string& typed) {
    EXPECT_EQ(client.get("/api/v1/tasks?pageSize=" + typed).status, 200) << typed;
    return client.gateway.listed->page.size;
  };
  EXPECT_EQ(size_of("0"), 1U);
  EXPECT_EQ(size_of("5000"), 1000U);
  EXPECT_EQ(size_of("99999999999999999999999"), 1000U);
  EXPECT_EQ(size_of(""), 50U);
  EXPECT_EQ(refusal(client.get("/api/v1/tasks?pageSize=many")), "422 invalid-value");
  EXPECT_EQ(refusal(client.get("/api/v1/tasks?pageSize=-1")), "422 invalid-value");
}

TEST(ListTasks, turns_pages_by_a_token_that_belongs_to_the_listing) {
  ApiClient client;
  client.gateway.next_cursor = "behind hello";
  const std::string token = text_at(client.get("/api/v1/tasks?filter=a"), "/nextPageToken");
  EXPECT_EQ(client.get("/api/v1/tasks?filter=a&pageToken=" + token).status, 200);
  EXPECT_EQ(client.gateway.listed->page.cursor, "behind hello");
  EXPECT_EQ(refusal(client.get("/api/v1/tasks?filter=b&pageToken=" + token)), "400 bad-page-token");
  EXPECT_EQ(refusal(client.get("/api/v1/tasks?filter=a&pageToken=x" + token)),
            "400 bad-page-token");
}

TEST(ListTasks, refuses_what_it_does_not_know) {
  ApiClient client;
  EXPECT_EQ(refusal(client.get("/api/v1/tasks?filter=stats:failed")), "400 unknown-filter-key");
  EXPECT_EQ(refusal(client.get("/api/v1/tasks?filter=(a")), "400 bad-filter");
  EXPECT_EQ(refusal(client.get("/api/v1/tasks?orderBy=colour")), "422 invalid-value");
  EXPECT_EQ(refusal(client.get("/api/v1/tasks?pageSize=1&pageSize=2")), "422 invalid-value");
  const auto typo = client.get("/api/v1/tasks?pagesize=5");
  EXPECT_EQ(refusal(typo), "422 unknown-field");
  EXPECT_EQ(text_at(typo, "/hint"), "Did you mean 'pageSize'?");
}

}  // namespace
}  // namespace carillon::api
