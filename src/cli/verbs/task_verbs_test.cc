#include "cli/verbs/task_verbs.h"

#include <algorithm>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "cli/fake_environment.h"

namespace carillon::cli {
namespace {

constexpr const char* kId = "019a1b2c-0000-7000-8000-000000000001";
const std::string kTaskPath = "/api/v1/tasks/019a1b2c-0000-7000-8000-000000000001";
constexpr const char* kScheduled =
    R"({"id":"019a1b2c-0000-7000-8000-000000000001","name":"hello","status":"SCHEDULED",
        "nextExecutionTime":"2026-01-01T00:00:10.000Z"})";

// The body that `carillon task create WORDS…` sends.
boost::json::value created_body(std::vector<const char*> words) {
  FakeServer server;
  server.answer("POST /api/v1/tasks?schedule=true", 201, kScheduled);
  FakeProcess process{.files = {{"task.json", R"({"name":"filed","parameters":{"a":1}})"}}};
  words.insert(words.begin(), {"task", "create"});
  EXPECT_EQ(process.run(server, words), 0) << process.err;
  if (server.requests.empty()) return {};
  return boost::json::parse(server.requests.front().body);
}

TEST(TaskCreate, turns_flags_into_the_fields_of_the_api) {
  EXPECT_EQ(created_body({"hello",
                          "--type",
                          "http",
                          "--param",
                          "url=http://x/?a=b",
                          "--param",
                          "retries=3",
                          "--param",
                          "nested.deep=[1]",
                          "--every",
                          "90s",
                          "--tz",
                          "Europe/Berlin",
                          "--max-retries",
                          "2",
                          "--retry-delay",
                          "5s",
                          "--backoff",
                          "exponential",
                          "--tag",
                          "a",
                          "--tag",
                          "b",
                          "--queue",
                          "q",
                          "--priority",
                          "7",
                          "--created-by",
                          "me",
                          "--description="}),
            boost::json::parse(R"({"name":"hello","description":"","createdBy":"me",
                "timeZone":"Europe/Berlin","queue":"q","priority":7,"maxRetries":2,
                "retry":{"backoff":"exponential"},"tags":["a","b"],"every":"PT1M30S",
                "retryDelayMs":5000,"parameters":{"type":"http","url":"http://x/?a=b","retries":3,
                "nested":{"deep":[1]}}})"));
}

TEST(TaskCreate, counts_a_relative_time_from_now) {
  EXPECT_EQ(created_body({"x", "--at", "+10m"}),
            boost::json::parse(R"({"name":"x","runAt":"2026-01-01T00:10:00.000Z"})"));
}

TEST(TaskCreate, lays_flags_over_the_file) {
  EXPECT_EQ(created_body({"-f", "task.json", "--param", "b=2"}),
            boost::json::parse(R"({"name":"filed","parameters":{"a":1,"b":2}})"));
}

TEST(TaskCreate, keeps_a_number_that_no_integer_holds_as_text) {
  EXPECT_EQ(created_body({"x", "--param", "card=123456789012345678901", "--param",
                          "big=9223372036854775807"}),
            boost::json::parse(R"({"name":"x","parameters":{"card":"123456789012345678901",
                                   "big":9223372036854775807}})"));
}

TEST(TaskCreate, sets_any_field_and_takes_durations_where_the_api_has_spans) {
  EXPECT_EQ(created_body({"x", "--set", "every=10m", "--set", "jitterMs=2s", "--set",
                          "timeouts.attemptMs=1h", "--set", "overlap=skip", "--set", "queue=5s"}),
            boost::json::parse(R"({"name":"x","every":"PT10M","jitterMs":2000,
                "timeouts":{"attemptMs":3600000},"overlap":"skip","queue":"5s"})"));
}

TEST(TaskCreate, prints_the_id_alone_for_scripts_and_sentences_for_people) {
  FakeServer server;
  server.answer("POST /api/v1/tasks?schedule=true", 201, kScheduled);
  FakeProcess script;
  EXPECT_EQ(script.run(server, {"task", "create", "hello", "-o", "name"}), 0);
  EXPECT_EQ(script.out, std::string(kId) + "\n");
  FakeProcess piped;
  EXPECT_EQ(piped.run(server, {"task", "create", "hello"}), 0);
  EXPECT_EQ(piped.out, std::string(kId) + "\t2026-01-01T00:00:10.000Z\n");
  FakeProcess person{.variables = {{"NO_COLOR", "1"}}, .output = Device::terminal};
  EXPECT_EQ(person.run(server, {"task", "create", "hello"}), 0);
  EXPECT_EQ(person.out, "Created   " + std::string(kId) +
                            "  hello\nStatus    SCHEDULED\n"
                            "Next      2026-01-01 00:00:10Z (in 10s)\n");
}

TEST(TaskCreate, without_schedule_only_defines_and_passes_the_idempotency_key) {
  FakeServer server;
  server.answer("POST /api/v1/tasks", 201, R"({"id":"i","status":"CREATED"})");
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"task", "create", "x", "--no-schedule", "--idempotency-key", "k"}),
            0);
  EXPECT_EQ(server.requests.at(0).headers.at(0),
            (std::pair<std::string, std::string>("Idempotency-Key", "k")));
}

TEST(TaskCreate, shows_where_a_cron_expression_is_wrong) {
  FakeServer server;
  server.answer("POST /api/v1/tasks?schedule=true", 422,
                R"({"code":"cron-value-range","detail":"75 is no minute.","column":3})");
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"task", "create", "x", "--cron", "0 75 * * * *"}), 2);
  EXPECT_EQ(process.err, "Error: 75 is no minute.\n  0 75 * * * *\n    ^\n");
}

struct WaitCase {
  const char* task;
  int exit;
};

TEST(TaskCreate, with_wait_ends_as_the_run_ends) {
  for (const WaitCase& c :
       {WaitCase{R"({"status":"SCHEDULED","lastRun":{"runId":"r","status":"COMPLETED"}})", 0},
        WaitCase{R"({"status":"FAILED","lastRun":{"runId":"r","status":"FAILED"}})", 7},
        WaitCase{R"({"status":"CANCELLED","lastRun":null})", 8},
        WaitCase{R"({"status":"RUNNING","lastRun":{"runId":"r","status":"RUNNING"}})", 124}}) {
    FakeServer server;
    server.answer("POST /api/v1/tasks?schedule=true", 201, kScheduled);
    server.answer("GET " + kTaskPath, 200, kScheduled);
    server.answer("GET " + kTaskPath, 200, c.task);
    FakeProcess process;
    EXPECT_EQ(process.run(server, {"task", "create", "x", "--wait", "--timeout", "30s"}), c.exit)
        << c.task << process.err;
  }
}

TEST(TaskRun, with_wait_does_not_take_the_run_before_for_the_new_one) {
  FakeServer server;
  const std::string old_run = R"({"status":"COMPLETED","lastRun":{"runId":"old",
                                  "status":"COMPLETED"}})";
  server.answer("GET " + kTaskPath, 200, old_run);
  server.answer("GET " + kTaskPath, 200,
                R"({"status":"SCHEDULED","lastRun":{"runId":"old","status":"COMPLETED"}})");
  server.answer("GET " + kTaskPath, 200,
                R"({"status":"RUNNING","lastRun":{"runId":"new","status":"RUNNING"}})");
  server.answer("GET " + kTaskPath, 200,
                R"({"status":"FAILED","errorMessage":"No.","lastRun":{"runId":"new",
                    "status":"FAILED"}})");
  server.answer("POST " + kTaskPath + "/run", 200, kScheduled);
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"task", "run", kId, "--wait"}), 7);
  EXPECT_EQ(process.err, "Run new failed: No.\nHint: carillon run logs new\n");
}

// The task was printed as it was right after the start: RUNNING, when the run had long ended.
TEST(TaskRun, with_wait_prints_the_end_of_the_run_it_started) {
  const auto ended = [](std::string_view status) {
    FakeServer server;
    server.answer("GET " + kTaskPath, 200, R"({"id":"T","lastRun":{"runId":"old"}})");
    server.answer("POST " + kTaskPath + "/run", 200, R"({"status":"RUNNING"})").run = "T.7";
    server.answer("GET /api/v1/runs/T.7", 200, R"({"runId":"T.7","status":"RUNNING"})");
    server.answer("GET /api/v1/runs/T.7", 200,
                  R"({"runId":"T.7","startedAt":"2026-01-01T00:00:00.000Z",
                      "endedAt":"2026-01-01T00:00:00.302Z","outcome":{"errorMessage":"No."},
                      "status":")" +
                      std::string(status) + "\"}");
    return server;
  };
  struct Case {
    std::string status;
    int exit;
    std::string err;
  };
  for (const Case& c : {Case{"COMPLETED", 0, ""},
                        Case{"FAILED", 7, "Run T.7 failed: No.\nHint: carillon run logs T.7\n"},
                        Case{"CANCELLED", 8, "Run T.7 was cancelled.\n"}}) {
    FakeServer server = ended(c.status);
    FakeProcess process{.variables = {{"NO_COLOR", "1"}}, .output = Device::terminal};
    EXPECT_EQ(process.run(server, {"task", "run", kId, "--wait"}), c.exit);
    EXPECT_EQ(process.out, "Run T.7  " + c.status + "  after 302ms\n");
    EXPECT_EQ(process.err,
              "Started " + std::string(kId) + "; waiting for the end of its run.\n" + c.err);
  }
}

TEST(TaskRun, with_wait_gives_a_program_the_task_as_it_is_afterwards) {
  FakeServer server;
  server.answer("GET " + kTaskPath, 200, R"({"id":"T","status":"COMPLETED"})");
  server.answer("GET " + kTaskPath, 200, R"({"id":"T","status":"FAILED"})");
  server.answer("POST " + kTaskPath + "/run", 200, R"({"status":"RUNNING"})").run = "T.7";
  server.answer("GET /api/v1/runs/T.7", 200, R"({"runId":"T.7","status":"FAILED"})");
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"task", "run", kId, "--wait", "-o", "jsonl"}), 7);
  EXPECT_EQ(process.out, "{\"id\":\"T\",\"status\":\"FAILED\"}\n");
}

TEST(TaskList, pages_until_the_limit_and_passes_the_filter_on) {
  FakeServer server;
  server.answer("GET /api/v1/tasks?filter=status%3Afailed&orderBy=name&pageSize=3", 200,
                R"({"items":[{"id":"1","name":"a"},{"id":"2","name":"b"}],"nextPageToken":"t"})");
  server.answer("GET /api/v1/tasks?filter=status%3Afailed&orderBy=name&pageSize=1&pageToken=t", 200,
                R"({"items":[{"id":"3","name":"c"}],"nextPageToken":"u"})");
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"task", "list", "--filter", "status:failed", "--order-by", "name",
                                 "--limit", "3", "-o", "name"}),
            0);
  EXPECT_EQ(process.out, "1\n2\n3\n");
}

TEST(TaskList, has_a_form_for_every_format) {
  FakeServer server;
  server.answer("GET /api/v1/tasks?pageSize=100", 200,
                R"({"items":[{"id":"1","name":"a","status":"PAUSED"}],"nextPageToken":null})");
  const auto printed = [&](const char* format) {
    FakeProcess process;
    EXPECT_EQ(process.run(server, {"task", "list", "-o", format}), 0);
    return process.out;
  };
  EXPECT_EQ(printed("jsonl"), "{\"id\":\"1\",\"name\":\"a\",\"status\":\"PAUSED\"}\n");
  EXPECT_EQ(printed("tsv"), "1\ta\tPAUSED\tnoop\t\t\t\n");
  EXPECT_EQ(printed("yaml"), "- id: \"1\"\n  name: a\n  status: PAUSED\n");
  EXPECT_EQ(printed("table"),
            "ID  NAME  STATUS  TYPE  SCHEDULE  NEXT  LAST RUN\n"
            "1   a     PAUSED  noop  -         -     -\n");
}

TEST(TaskVerbs, find_a_task_by_its_name) {
  FakeServer server;
  server.answer("GET /api/v1/tasks?filter=name~%22hello%22&pageSize=500", 200,
                R"({"items":[{"id":"019a1b2c-0000-7000-8000-000000000001","name":"hello"},
                             {"id":"2","name":"hello2"}]})");
  server.answer("POST " + kTaskPath + "/pause", 200,
                R"({"id":"019a1b2c-0000-7000-8000-000000000001","status":"PAUSED"})");
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"task", "pause", "hello", "--reason", "why"}), 0) << process.err;
  EXPECT_EQ(server.requests.back().body, R"({"reason":"why"})");
}

TEST(TaskVerbs, refuse_a_name_that_none_or_several_have) {
  FakeServer server;
  server.answer("GET /api/v1/tasks?filter=name~%22x%22&pageSize=500", 200,
                R"({"items":[{"id":"1","name":"x"},{"id":"2","name":"x"}]})");
  server.answer("GET /api/v1/tasks?filter=name~%22y%22&pageSize=500", 200, R"({"items":[]})");
  FakeProcess several;
  EXPECT_EQ(several.run(server, {"task", "get", "x"}), 2);
  EXPECT_EQ(several.err,
            "Error: 2 tasks are named 'x': 1, 2.\nHint: Name the one you mean by its "
            "id.\n");
  FakeProcess none;
  EXPECT_EQ(none.run(server, {"task", "get", "y"}), 3);
}

TEST(TaskVerbs, try_every_task_and_exit_with_the_first_failure) {
  constexpr const char* kOther = "019a1b2c-0000-7000-8000-000000000002";
  FakeServer server;
  server.answer("POST " + kTaskPath + "/cancel", 409,
                R"({"code":"illegal-transition","detail":"It is COMPLETED."})");
  server.answer(std::string("POST /api/v1/tasks/") + kOther + "/cancel", 200,
                R"({"status":"CANCELLED"})");
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"task", "cancel", kId, kOther, "-o", "jsonl"}), 5);
  EXPECT_EQ(process.err, std::string(kId) + ": Error: It is COMPLETED.\n");
  EXPECT_EQ(process.out, std::string(R"({"status":"CANCELLED","id":")") + kOther + "\"}\n");
}

TEST(TaskSchedule, passes_a_time_or_a_delay) {
  FakeServer server;
  server.answer("POST " + kTaskPath + "/schedule", 200, kScheduled);
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"task", "schedule", kId}), 0);
  EXPECT_EQ(process.run(server, {"task", "schedule", kId, "--delay", "2s"}), 0);
  EXPECT_EQ(process.run(server, {"task", "schedule", kId, "--at", "2026-02-01"}), 0);
  EXPECT_EQ(server.requests.at(0).body, "");
  EXPECT_EQ(server.requests.at(1).body, R"({"delayMs":2000})");
  EXPECT_EQ(server.requests.at(2).body, R"({"runAt":"2026-02-01T00:00:00.000Z"})");
}

TEST(TaskEdit, sends_a_merge_patch_for_the_version_that_it_read) {
  FakeServer server;
  server.answer("GET " + kTaskPath, 200, R"({"version":4})", "\"v4\"");
  server.answer("PATCH " + kTaskPath, 200, R"({"version":5})");
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"task", "edit", kId, "--set", "retryDelayMs=5s", "--set",
                                 "parameters.region=eu", "--unset", "description"}),
            0);
  EXPECT_EQ(server.requests.back().body,
            R"({"retryDelayMs":5000,"parameters":{"region":"eu"},"description":null})");
  EXPECT_EQ(server.requests.back().headers.at(0).second, "\"v4\"");
}

TEST(TaskEdit, with_a_version_does_not_read_first_and_reports_a_conflict) {
  FakeServer server;
  server.answer("PATCH " + kTaskPath, 412,
                R"({"code":"version-mismatch","detail":"It has version 5."})");
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"task", "edit", kId, "--set", "priority=1", "--if-version", "4"}),
            5);
  EXPECT_EQ(server.requests.size(), 1U);
  EXPECT_EQ(server.requests.back().headers.at(0).second, "\"4\"");
  EXPECT_EQ(process.run(server, {"task", "edit", kId}), 2);
}

TEST(TaskDelete, asks_on_a_terminal_and_not_in_a_script) {
  FakeServer server;
  server.answer("GET " + kTaskPath, 200, R"({"name":"hello"})");
  server.answer("DELETE " + kTaskPath, 204, "");
  FakeProcess person{.typed_line = "n", .output = Device::terminal, .input = Device::terminal};
  EXPECT_EQ(person.run(server, {"task", "delete", kId}), 1);
  EXPECT_TRUE(server.requests.empty());
  person.typed_line = "y";
  EXPECT_EQ(person.run(server, {"task", "delete", kId}), 0);
  FakeProcess script;
  EXPECT_EQ(script.run(server, {"task", "delete", kId}), 0);
  EXPECT_EQ(std::ranges::count(server.requests, Method::delete_, &RestRequest::method), 2);
}

// The answer to a delete is empty, and so were the columns that were printed of it.
TEST(TaskDelete, says_which_task_is_gone) {
  FakeServer server;
  server.answer("GET " + kTaskPath, 200, R"({"id":"x","name":"hello","status":"SCHEDULED"})");
  server.answer("DELETE " + kTaskPath, 204, "");
  FakeProcess person{.variables = {{"NO_COLOR", "1"}}, .output = Device::terminal};
  EXPECT_EQ(person.run(server, {"task", "delete", kId, "--yes"}), 0);
  EXPECT_EQ(person.out, std::string("Deleted ") + kId + "  hello\n");
  FakeProcess script;
  EXPECT_EQ(script.run(server, {"task", "delete", kId}), 0);
  EXPECT_EQ(script.out, std::string(kId) + "\thello\ttrue\n");
  FakeProcess program;
  EXPECT_EQ(program.run(server, {"task", "delete", kId, "-o", "jsonl"}), 0);
  EXPECT_EQ(program.out,
            std::string(R"({"id":")") + kId + R"(","name":"hello","deleted":true})" + "\n");
}

TEST(TaskDelete, of_an_unknown_task_deletes_nothing) {
  FakeServer server;
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"task", "delete", kId}), 3);
  EXPECT_EQ(std::ranges::count(server.requests, Method::delete_, &RestRequest::method), 0);
}

}  // namespace
}  // namespace carillon::cli
