// Runs, events, slots and logs: what the history controllers answer.
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/api_client.h"
#include "domain/words.h"

namespace carillon::api {
namespace {

using testing::ApiClient;
using ::testing::HasSubstr;
using testing::kOtherTaskText;
using testing::kTaskText;
using testing::text_at;

const std::string kTask = std::string("/api/v1/tasks/") + kTaskText;
const std::string kRun = std::string("/api/v1/runs/") + kTaskText + ".1";

std::string refusal(const http::Response& response) {
  return std::to_string(response.status) + " " + text_at(response, "/code");
}

TEST(RunList, shows_runs_with_their_task) {
  ApiClient client;
  const auto answer = client.get("/api/v1/runs?status=failed,RUNNING");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(text_at(answer, "/items/0/runId"), std::string(kTaskText) + ".1");
  EXPECT_EQ(text_at(answer, "/items/0/taskId"), kTaskText);
  EXPECT_EQ(text_at(answer, "/items/0/taskName"), "hello");
  EXPECT_EQ(client.gateway.runs_listed->statuses,
            (std::vector<RunStatus>{RunStatus::failed, RunStatus::running}));
}

TEST(RunList, takes_a_filter_by_status_only) {
  ApiClient client;
  EXPECT_EQ(client.get("/api/v1/runs?filter=status:failed").status, 200);
  EXPECT_EQ(client.gateway.runs_listed->statuses, std::vector<RunStatus>{RunStatus::failed});
  EXPECT_EQ(refusal(client.get("/api/v1/runs?filter=nightly")), "400 bad-filter");
  EXPECT_EQ(refusal(client.get("/api/v1/runs?status=DONE")), "422 invalid-value");
  EXPECT_EQ(refusal(client.get("/api/v1/runs?task=7")), "422 invalid-value");
}

TEST(RunList, of_a_task_asks_for_that_task) {
  ApiClient client;
  EXPECT_EQ(client.get(kTask + "/runs").status, 200);
  EXPECT_EQ(client.gateway.runs_listed->task, testing::task_id());
  EXPECT_EQ(refusal(client.get("/api/v1/tasks/" + std::string(kOtherTaskText) + "/runs")),
            "404 not-found");
  EXPECT_EQ(client.get("/api/v1/runs?task=" + std::string(kTaskText)).status, 200);
  EXPECT_EQ(client.gateway.runs_listed->task, testing::task_id());
}

TEST(RunFind, finds_runs_by_their_id) {
  ApiClient client;
  EXPECT_EQ(text_at(client.get(kRun), "/status"), "COMPLETED");
  EXPECT_EQ(refusal(client.get("/api/v1/runs/" + std::string(kTaskText) + ".9")), "404 not-found");
  EXPECT_EQ(refusal(client.get("/api/v1/runs/7")), "404 not-found");
}

TEST(TaskSlots, are_listed) {
  ApiClient client;
  const auto answer = client.get(kTask + "/slots");
  EXPECT_EQ(text_at(answer, "/items/0/disposition"), "STARTED");
  EXPECT_EQ(refusal(client.get("/api/v1/tasks/7/slots")), "404 not-found");
}

TEST(TaskEvents, show_only_the_parts_that_are_there) {
  ApiClient client;
  client.gateway.emit(testing::task_fact(3), FactType::task_paused);
  const auto answer = client.get(kTask + "/events");
  EXPECT_EQ(text_at(answer, "/items/0/type"), "task.paused");
  EXPECT_EQ(text_at(answer, "/items/0/position"), "2");
  EXPECT_EQ(text_at(answer, "/items/0/task"), kTaskText);
  EXPECT_EQ(text_at(answer, "/items/0/version"), "3");
  EXPECT_EQ(text_at(answer, "/items/0/by"), "ann");
  EXPECT_EQ(text_at(answer, "/items/0/row"), "(missing)");
  EXPECT_EQ(text_at(answer, "/items/0/detail"), "(missing)");
}

TEST(RunLogs, show_all_attempts_one_behind_the_other) {
  ApiClient client;
  const auto answer = client.get(kRun + "/logs");
  EXPECT_EQ(text_at(answer, "/items/0/text"), "one");
  EXPECT_EQ(text_at(answer, "/items/1/stream"), "stderr");
  EXPECT_EQ(text_at(answer, "/items/2/attempt"), "2");
  EXPECT_EQ(text_at(answer, "/nextAfter"), "2.1");
}

TEST(RunLogs, go_on_where_the_page_before_ended) {
  ApiClient client;
  std::string after;
  std::string texts;
  for (int i = 0; i < 4; ++i) {
    const auto page = client.get(kRun + "/logs?limit=1&after=" + after);
    after = text_at(page, "/nextAfter");
    texts += text_at(page, "/items/0/text") + " ";
  }
  EXPECT_EQ(texts, "one two three (missing) ");
  EXPECT_EQ(after, "2.1");
}

TEST(RunLogs, of_one_attempt_take_its_line_number) {
  ApiClient client;
  const auto answer = client.get(kRun + "/logs?attempt=1&after=1");
  EXPECT_EQ(text_at(answer, "/items/0/text"), "two");
  EXPECT_EQ(text_at(answer, "/items/1"), "(missing)");
  EXPECT_EQ(refusal(client.get(kRun + "/logs?after=x")), "422 invalid-value");
  EXPECT_EQ(refusal(client.get(kRun + "/logs?attempt=first")), "422 invalid-value");
}

TEST(RunLogs, stay_utf8_whatever_a_command_writes) {
  ApiClient client;
  client.gateway.logs.begin()->second[0].text = "\xff";
  EXPECT_EQ(text_at(client.get(kRun + "/logs"), "/items/0/text"), "\\xff");
}

TEST(RunLogs, are_followed_until_the_run_ends) {
  ApiClient client({.log_poll = Duration::milliseconds(1)});
  const auto box = client.open({.target = kRun + "/logs?follow=true&after=1.1"});
  EXPECT_EQ(box->wait().content_type, "text/event-stream");
  const std::string text = box->wait_for_end();
  EXPECT_EQ(text.find("one"), std::string::npos);
  EXPECT_THAT(text, HasSubstr("id: 1.2\nevent: log\n"));
  EXPECT_THAT(text, HasSubstr("event: end\ndata: {\"status\":\"COMPLETED\"}\n"));
}

TEST(TopicList, shows_facts_as_cloud_events) {
  ApiClient client;
  client.gateway.emit(testing::task_fact(1));
  client.gateway.emit(testing::task_fact(2));
  const auto answer = client.get("/api/v1/events?after=2");
  EXPECT_EQ(text_at(answer, "/items/0/specversion"), "1.0");
  EXPECT_EQ(text_at(answer, "/items/0/data/version"), "2");
  EXPECT_EQ(text_at(answer, "/nextAfter"), "4");
  EXPECT_EQ(text_at(client.get("/api/v1/events?after=4"), "/nextAfter"), "4");
}

TEST(TopicList, shows_records_of_operators) {
  ApiClient client;
  const auto answer = client.get("/api/v1/events?topic=task-requests");
  EXPECT_EQ(text_at(answer, "/items/0/type"), "PauseTask");
  EXPECT_EQ(text_at(answer, "/items/0/payload/reason"), "maintenance");
  EXPECT_EQ(text_at(answer, "/nextAfter"), "5");
}

TEST(ReaderPool, answers_500_for_a_handler_that_throws_and_goes_on) {
  ApiClient client;
  for (int i = 0; i < 4; ++i) {  // More often than there are threads.
    client.gateway.on_history_read = [] { throw std::runtime_error("no memory"); };
    EXPECT_EQ(refusal(client.get("/api/v1/events")), "500 internal");
  }
  EXPECT_EQ(client.get("/api/v1/events").status, 200);
}

TEST(TopicList, refuses_unknown_topics_and_positions) {
  ApiClient client;
  EXPECT_EQ(refusal(client.get("/api/v1/events?topic=task-event")), "422 invalid-value");
  EXPECT_EQ(refusal(client.get("/api/v1/events?after=-1")), "422 invalid-value");
  EXPECT_EQ(refusal(client.get("/api/v1/events?after=now")), "422 invalid-value");
}

}  // namespace
}  // namespace carillon::api
