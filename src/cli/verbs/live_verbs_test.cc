// The verbs that follow something: watch, tail, logs.
#include <algorithm>

#include <gtest/gtest.h>

#include "cli/fake_environment.h"

namespace carillon::cli {
namespace {

constexpr const char* kTask = "019a1b2c-0000-7000-8000-000000000001";

SseEvent fact(std::string id, std::string type, std::string_view status) {
  std::string data = R"({"type":")" + type +
                     R"(","task":"019a1b2c-0000-7000-8000-000000000001",)"
                     R"("at":"2026-01-01T00:00:05.123Z",)"
                     R"("run":{"runId":"r1","status":")" +
                     std::string(status) + R"(","attempt":1}})";
  return {.id = std::move(id), .type = std::move(type), .data = std::move(data)};
}

TEST(RunWatch, until_done_ends_with_the_run_and_with_its_outcome) {
  FakeServer server;
  server.answer("GET /api/v1/runs/r1", 200, R"({"status":"RUNNING"})");
  server.answer(std::string("GET /api/v1/tasks/") + kTask, 200, R"({"name":"hello"})");
  server.add_stream({fact("1", "run.started", "RUNNING"), fact("2", "run.failed", "FAILED"),
                     fact("3", "run.started", "RUNNING")});
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"run", "watch", "--until-done", "r1"}), 7);
  EXPECT_EQ(process.out,
            "2026-01-01T00:00:05.123Z\trun.started\t019a1b2c-0000-7000-8000-000000000001\tr1\t"
            "RUNNING\thello\t1\t\t\t\n"
            "2026-01-01T00:00:05.123Z\trun.failed\t019a1b2c-0000-7000-8000-000000000001\tr1\t"
            "FAILED\thello\t1\t\t\t\n");
  EXPECT_EQ(std::ranges::count(server.requests, std::string("/api/v1/tasks/") + kTask,
                               &RestRequest::path),
            1)
      << "a name is looked up once";
}

TEST(RunWatch, until_done_sees_a_run_that_ended_before_the_stream_opened) {
  FakeServer server;
  server.answer("GET /api/v1/runs/r1", 200, R"({"status":"COMPLETED"})");
  server.add_stream({});
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"run", "watch", "--until-done", "r1"}), 0);
  server.add_stream({});
  EXPECT_EQ(process.run(server, {"run", "watch", "--until-done", "unknown"}), 3);
}

TEST(RunWatch, goes_on_behind_the_last_event_when_the_stream_breaks) {
  FakeServer server;
  server.answer("GET /api/v1/runs/r1", 200, R"({"status":"RUNNING"})");
  server.add_stream({fact("41", "run.started", "RUNNING")});
  server.add_stream({fact("42", "run.completed", "COMPLETED")});
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"run", "watch", "--until-done", "r1", "-o", "name"}), 0);
  EXPECT_EQ(process.out, "run.started\nrun.completed\n");
  std::vector<RestRequest> streams;
  for (const RestRequest& request : server.requests) {
    if (request.path == "/api/v1/events/stream?topic=task-events") streams.push_back(request);
  }
  ASSERT_EQ(streams.size(), 2U);
  EXPECT_TRUE(streams[0].headers.empty());
  EXPECT_EQ(streams[1].headers.at(0), (std::pair<std::string, std::string>("Last-Event-ID", "41")));
}

TEST(RunWatch, gives_up_when_no_stream_comes_back) {
  FakeServer server;
  server.add_stream({fact("1", "run.started", "RUNNING")});
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"run", "watch"}), 6);
}

TEST(RunWatch, leaves_out_what_happens_to_the_tasks_themselves) {
  FakeServer server;
  server.add_stream({fact("1", "task.scheduled", ""), fact("2", "run.started", "RUNNING"),
                     fact("3", "slot.decided", "")});
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"run", "watch", "-o", "name"}), 6);
  EXPECT_EQ(process.out, "run.started\nslot.decided\n");
}

TEST(TaskWatch, shows_one_task_in_words_and_ends_with_it) {
  FakeServer server;
  server.answer(std::string("GET /api/v1/tasks/") + kTask, 200, R"({"status":"SCHEDULED"})");
  SseEvent other = fact("1", "run.started", "RUNNING");
  other.data.replace(other.data.find("0001"), 4, "0002");
  server.add_stream(
      {other,
       {.id = "2",
        .type = "task.created",
        .data = R"({"task":"019a1b2c-0000-7000-8000-000000000001","definition":{"name":"hello"}})"},
       fact("3", "run.started", "RUNNING"),
       {.id = "4",
        .type = "task.completed",
        .data =
            R"({"task":"019a1b2c-0000-7000-8000-000000000001","row":{"status":"COMPLETED"}})"}});
  FakeProcess process{.variables = {{"NO_COLOR", "1"}}, .output = Device::terminal};
  EXPECT_EQ(process.run(server, {"task", "watch", kTask}), 0);
  EXPECT_EQ(
      process.out,
      "  hello             task.created    019a1b2c-0000-7000-8000-000000000001\n"
      "00:00:05.123  hello             run.started     r1  attempt 1  RUNNING\n"
      "  hello             task.completed  019a1b2c-0000-7000-8000-000000000001  COMPLETED\n");
}

// Nothing ever comes of a task that has ended, so the watch never ended either.
TEST(TaskWatch, of_a_task_that_has_ended_says_so_and_ends) {
  FakeServer server;
  server.answer(std::string("GET /api/v1/tasks/") + kTask, 200, R"({"status":"FAILED"})");
  server.add_stream({});
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"task", "watch", kTask}), 0);
  EXPECT_EQ(process.err, "The task has ended: FAILED.\n");
  EXPECT_EQ(process.out, "");
}

TEST(TaskWatch, of_an_unknown_task_is_refused) {
  FakeServer server;
  server.add_stream({});
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"task", "watch", kTask}), 3);
}

TEST(TaskWatch, ends_when_the_task_is_deleted) {
  FakeServer server;
  server.answer(std::string("GET /api/v1/tasks/") + kTask, 200, R"({"status":"SCHEDULED"})");
  server.add_stream({fact("1", "task.deleted", "")});
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"task", "watch", kTask, "-o", "name"}), 0);
  EXPECT_EQ(process.out, "task.deleted\n");
}

TEST(EventsTail, begins_behind_a_position_and_prints_json_lines) {
  FakeServer server;
  server.add_stream({{.id = "8", .type = "x", .data = R"({"a":1})"}});
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"events", "tail", "--topic", "task-responses", "--after", "7",
                                 "-o", "jsonl"}),
            6);  // The fake has no further stream.
  EXPECT_EQ(process.out, "{\"a\":1,\"type\":\"x\"}\n");
  EXPECT_EQ(server.requests.at(0).path, "/api/v1/events/stream?topic=task-responses");
  EXPECT_EQ(server.requests.at(0).headers.at(0).second, "7");
}

TEST(RunLogs, reads_all_pages) {
  FakeServer server;
  server.answer("GET /api/v1/runs/r1/logs?attempt=2", 200,
                R"({"items":[{"at":"t1","stream":"stdout","text":"one\n"}],"nextAfter":1})");
  server.answer("GET /api/v1/runs/r1/logs?attempt=2&after=1", 200,
                R"({"items":[{"at":"t2","stream":"stderr","text":"tw\u001bo"}],"nextAfter":2})");
  server.answer("GET /api/v1/runs/r1/logs?attempt=2&after=2", 200, R"({"items":[],"nextAfter":2})");
  FakeProcess person{.variables = {{"NO_COLOR", "1"}}, .output = Device::terminal};
  EXPECT_EQ(person.run(server, {"run", "logs", "r1", "--attempt", "2"}), 0);
  EXPECT_EQ(person.out, "one\ntw\\u001bo\n");
}

TEST(RunLogs, followed_end_with_the_run_and_miss_no_line) {
  FakeServer server;
  server.answer("GET /api/v1/runs/r1", 200, R"({"status":"RUNNING"})");
  server.answer("GET /api/v1/runs/r1", 200, R"({"status":"COMPLETED"})");
  server.answer("GET /api/v1/runs/r1/logs", 200, R"({"items":[{"text":"a"}],"nextAfter":1})");
  server.answer("GET /api/v1/runs/r1/logs?after=1", 200, R"({"items":[],"nextAfter":1})");
  server.answer("GET /api/v1/runs/r1/logs?after=1", 200,
                R"({"items":[{"text":"b"}],"nextAfter":2})");
  server.answer("GET /api/v1/runs/r1/logs?after=2", 200, R"({"items":[],"nextAfter":null})");
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"run", "logs", "r1", "--follow", "-o", "name"}), 0);
  EXPECT_EQ(process.out, "a\nb\n");
}

}  // namespace
}  // namespace carillon::cli
