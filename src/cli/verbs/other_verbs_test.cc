// cron explain, healthcheck, demo and the verbs behind hooks.
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "cli/fake_environment.h"

namespace carillon::cli {
namespace {

TEST(CronExplain, asks_the_server_and_shows_meaning_slots_notes_and_warnings) {
  FakeServer server;
  server.answer("POST /api/v1/cron/explain", 200, R"({"dialect":"spring",
      "words":"At 02:30:00 every day","warnings":[{"message":"Rare.","hint":"Look."}],
      "slots":[{"nominal":"2026-01-01T07:30:00.000Z",
                "local":"2026-01-01T02:30:00","offset":"-05:00",
                "disposition":null,"notes":[]},
               {"nominal":"2026-03-08T07:00:00.000Z",
                "local":"2026-03-08T03:00:00","offset":"-04:00",
                "disposition":"SKIPPED_DST","notes":["02:30 does not exist on this day"]}]})");
  FakeProcess process{.variables = {{"NO_COLOR", "1"}}, .output = Device::terminal};
  EXPECT_EQ(process.run(server, {"cron", "explain", "0 30 2 * * *", "--tz", "America/New_York",
                                 "--from", "2026-01-01", "-n", "2"}),
            0);
  EXPECT_EQ(boost::json::parse(server.requests.at(0).body),
            boost::json::parse(R"({"expr":"0 30 2 * * *","count":2,"timeZone":"America/New_York",
                                   "from":"2026-01-01T00:00:00.000Z"})"));
  EXPECT_EQ(process.out,
            "Dialect    spring\n"
            "Meaning    At 02:30:00 every day\n"
            "Next       Thu 2026-01-01 02:30:00 -05:00  2026-01-01T07:30:00.000Z  in 7h 30m\n"
            "           Sun 2026-03-08 03:00:00 -04:00  2026-03-08T07:00:00.000Z  in 66d 7h  "
            "SKIPPED_DST  ! 02:30 does not exist on this day\n"
            "Warning    Rare.\n"
            "           Look.\n");
}

// A newcomer who tried an expression was told to start a server first.
TEST(CronExplain, without_a_named_server_is_answered_here_and_alike) {
  constexpr std::string_view kAnswer =
      R"({"dialect":"spring","words":"every 5 minutes","warnings":[],
          "slots":[{"nominal":"2026-01-01T00:05:00.000Z","local":"2026-01-01T00:05:00",
                    "offset":"+00:00","disposition":null,"notes":[]}]})";
  FakeServer server;
  server.answer("POST /api/v1/cron/explain", 200, std::string(kAnswer));
  std::string asked;
  for (const char* format : {"table", "tsv", "json", "yaml", "name"}) {
    FakeProcess online{.variables = {{"CARILLON_SERVER", "http://h:1"}}};
    EXPECT_EQ(online.run(server, {"cron", "explain", "0 */5 * * * *", "-o", format}), 0);
    FakeServer silent;
    silent.is_down = true;
    FakeProcess offline;
    offline.server.explain_cron = [&](std::string_view body) -> RestAnswer {
      asked = body;
      return {.status = 200, .body = std::string(kAnswer)};
    };
    EXPECT_EQ(offline.run(silent, {"cron", "explain", "0 */5 * * * *", "-o", format}), 0);
    EXPECT_EQ(offline.out, online.out) << format;
    EXPECT_EQ(asked, server.requests.back().body);
    if (std::string_view(format) != "name") {
      EXPECT_NE(offline.out.find("every 5 minutes"), std::string::npos) << format;
    }
  }
}

TEST(CronExplain, points_at_a_mistake_without_a_server_too) {
  FakeServer server;
  FakeProcess process;
  process.server.explain_cron = [](std::string_view) -> RestAnswer {
    return {.status = 422,
            .body = R"({"code":"cron-reversed-range","detail":"30-10 runs backwards.",
                        "errors":[{"pointer":"/expr","detail":"x","column":3}]})"};
  };
  EXPECT_EQ(process.run(server, {"cron", "explain", "0 30-10 * * * *"}), 2);
  EXPECT_TRUE(process.err.starts_with("Error: 30-10 runs backwards.\n  0 30-10 * * * *\n    ^\n"))
      << process.err;
}

TEST(CronExplain, points_at_the_mistake) {
  FakeServer server;
  server.answer(
      "POST /api/v1/cron/explain", 422,
      R"({"code":"cron-reversed-range","detail":"30-10 runs backwards.","hint":"Write 10-30.",
                    "errors":[{"pointer":"/expr","detail":"30-10 runs backwards.","column":3}]})");
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"cron", "explain", "0 30-10 * * * *"}), 2);
  EXPECT_EQ(process.err,
            "Error: 30-10 runs backwards.\n  0 30-10 * * * *\n    ^\nHint: Write 10-30.\n");
}

TEST(RunList, gives_people_the_name_of_the_task_and_programs_its_id) {
  FakeServer server;
  server.answer("GET /api/v1/runs?pageSize=50", 200,
                R"({"items":[{"runId":"T.1","taskId":"T","taskName":"hello","status":"FAILED",
                              "trigger":"slot","attempt":2,"outcome":{"errorCode":"boom"}}]})");
  FakeProcess person{.variables = {{"NO_COLOR", "1"}}, .output = Device::terminal};
  EXPECT_EQ(person.run(server, {"run", "list"}), 0);
  EXPECT_EQ(person.out,
            "RUN  TASK   STATUS  TRIGGER  ATTEMPT  STARTED  ENDED  ERROR\n"
            "T.1  hello  FAILED  slot     2        -        -      boom\n");
  FakeProcess program;
  EXPECT_EQ(program.run(server, {"run", "list"}), 0);
  EXPECT_EQ(program.out, "T.1\tT\tFAILED\tslot\t2\t\t\n");
}

TEST(Healthcheck, tells_ready_from_not_ready_and_from_silence) {
  FakeServer server;
  server.answer("GET /readyz", 200, "{}");
  server.answer("GET /readyz", 503, "");
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"healthcheck"}), 0);
  EXPECT_EQ(process.run(server, {"healthcheck"}), 1);
  server.is_down = true;
  EXPECT_EQ(process.run(server, {"healthcheck"}), 6);
}

TEST(Demo, creates_armed_tasks_that_are_valid_json) {
  FakeServer server;
  server.answer("POST /api/v1/tasks?schedule=true", 201, R"({"id":"1"})");
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"demo"}), 0);
  EXPECT_GE(server.requests.size(), 6U);
  for (const RestRequest& request : server.requests) {
    const auto task = boost::json::parse(request.body);
    EXPECT_TRUE(task.at("name").as_string().starts_with("demo-"));
    EXPECT_TRUE(task.at("parameters").as_object().contains("type"));
  }
}

TEST(Demo, removes_only_its_own) {
  FakeServer server;
  server.answer("GET /api/v1/tasks?filter=tag%3Ademo&pageSize=500", 200,
                R"({"items":[{"id":"1","name":"demo-slow"},{"id":"2","name":"mine"}]})");
  server.answer("DELETE /api/v1/tasks/1", 204, "");
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"demo", "--remove"}), 0);
  EXPECT_EQ(process.err, "Removed 1 demo tasks.\n");
}

TEST(ServerVerbs, hand_their_options_to_the_hook_and_return_its_exit_code) {
  ServeOptions seen;
  FakeServer server;
  FakeProcess process;
  process.server.dev = [&](const ServeOptions& options) {
    seen = options;
    return 42;
  };
  EXPECT_EQ(process.run(server, {"dev", "--data-dir", "d", "--listen", ":0", "--port-file", "p",
                                 "--set", "a=1", "--set", "b=2", "--insecure-no-auth", "-q",
                                 "--log-level", "warn", "--config", "c.yml", "--role", "api"}),
            42);
  EXPECT_EQ(seen.data_dir, "d");
  EXPECT_EQ(seen.listen, ":0");
  EXPECT_EQ(seen.port_file, "p");
  EXPECT_EQ(seen.config.config_file, "c.yml");
  EXPECT_EQ(seen.config.overrides, (std::vector<std::string>{"a=1", "b=2"}));
  EXPECT_EQ(seen.insecure_no_auth, Switch::on);
  EXPECT_EQ(seen.quiet, Switch::on);
  EXPECT_EQ(seen.log_level, "warn");
  EXPECT_EQ(seen.role, "api");
}

TEST(ServerVerbs, reach_every_hook) {
  std::string called;
  FakeServer server;
  FakeProcess process;
  process.server = {
      .server = [&](const ServeOptions&) { return called += "server ", 0; },
      .replay = [&](const ReplayOptions& o) { return called += "replay:" + o.file + " ", 0; },
      .backup = [&](const BackupOptions& o) { return called += "backup:" + o.output_dir + " ", 0; },
      .restore = [&](const RestoreOptions& o) { return called += "restore:" + o.from + " ", 0; },
      .journal_export = [&](const JournalExportOptions&) { return called += "export ", 0; },
      .config_check = [&](const ConfigCheckOptions&) { return called += "check ", 0; },
      .config_print = [&](const ConfigPrintOptions&) { return called += "print ", 0; },
      .doctor = [&](const DoctorOptions&) { return called += "doctor ", 0; },
      .schema = [&](const SchemaOptions& o) { return called += "schema:" + o.name.value(), 0; }};
  for (const auto& words : std::vector<std::vector<const char*>>{{"server"},
                                                                 {"replay", "f"},
                                                                 {"backup", "b"},
                                                                 {"restore", "r"},
                                                                 {"journal", "export"},
                                                                 {"config", "check"},
                                                                 {"config", "print", "--origin"},
                                                                 {"doctor"},
                                                                 {"schema", "openapi"}}) {
    EXPECT_EQ(process.run(server, words), 0) << process.err;
  }
  EXPECT_EQ(called, "server replay:f backup:b restore:r export check print doctor schema:openapi");
}

// With the server before or after the verb, or of a variable, and the credentials that go with it.
TEST(ServerVerbs, back_up_from_the_server_that_is_named) {
  FakeServer server;
  BackupOptions seen;
  const auto run = [&](FakeProcess& process, const std::vector<const char*>& words) {
    process.server.backup = [&](const BackupOptions& o) { return seen = o, 0; };
    EXPECT_EQ(process.run(server, words), 0) << process.err;
  };
  FakeProcess plain;
  run(plain, {"--server", "http://one:1", "backup", "b"});
  EXPECT_EQ(seen.server, "http://one:1");
  EXPECT_EQ(seen.online, Switch::on);
  run(plain, {"backup", "b", "--server", "http://two:2", "--token", "t"});
  EXPECT_EQ(seen.server, "http://two:2");
  EXPECT_EQ(seen.token, "t");
  FakeProcess other;
  other.variables["CARILLON_SERVER"] = "http://three:3";
  run(other, {"backup", "b"});
  EXPECT_EQ(seen.online, Switch::off);  // A variable alone does not turn a copy of files around.
  run(other, {"backup", "b", "--online"});
  EXPECT_EQ(seen.server, "http://three:3");
}

TEST(ServerVerbs, without_a_hook_say_so) {
  FakeServer server;
  FakeProcess process;
  EXPECT_EQ(process.run(server, {"dev"}), 1);
  EXPECT_NE(process.err.find("has no server"), std::string::npos);
}

}  // namespace
}  // namespace carillon::cli
