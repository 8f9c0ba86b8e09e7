#include <array>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/output/json_read.h"
#include "cli/verbs/task_lookup.h"
#include "cli/verbs/task_view.h"
#include "cli/verbs/verbs.h"

namespace carillon::cli {
namespace {

struct DemoOptions {
  Switch remove = Switch::off;
};

// Each shows one thing that a scheduler does; together they keep a dashboard moving.
constexpr std::array<std::string_view, 8> kDemoTasks{
    R"({"name":"demo-heartbeat","description":"Runs every 5 seconds and is done at once.",
        "every":"PT5S","tags":["demo"],"parameters":{"type":"noop"}})",
    R"({"name":"demo-slow","description":"Works for 8 seconds, twice per minute.",
        "cronExpression":"*/30 * * * * *","tags":["demo"],
        "parameters":{"type":"sleep","durationMs":8000}})",
    R"({"name":"demo-flaky","description":"Fails twice and succeeds with its second retry.",
        "cronExpression":"15 * * * * *","maxRetries":3,"retryDelayMs":2000,"tags":["demo"],
        "parameters":{"type":"fail","failTimes":2}})",
    R"({"name":"demo-broken","description":"Fails for good once its retry is spent.",
        "cronExpression":"45 */2 * * * *","maxRetries":1,"retryDelayMs":1000,"tags":["demo"],
        "parameters":{"type":"fail","failTimes":1000}})",
    R"({"name":"demo-statistics","description":"SQL over a built-in sample.",
        "cronExpression":"0 * * * * *","tags":["demo"],"parameters":{"type":"data_processing"}})",
    R"({"name":"demo-notice","description":"Writes a message to the log.",
        "cronExpression":"20 */5 * * * *","tags":["demo"],"parameters":{"type":"notification"}})",
    R"({"name":"demo-nightly-report","description":"At 02:00 in Berlin, all year.",
        "cronExpression":"0 0 2 * * *","timeZone":"Europe/Berlin","tags":["demo"],
        "parameters":{"type":"report"}})",
    R"({"name":"demo-once","description":"Runs once, now.","tags":["demo"],
        "parameters":{"type":"sleep","durationMs":3000}})",
};

CliResult<ExitCode> create_demo(Session& session) {
  boost::json::array created;
  for (const std::string_view body : kDemoTasks) {
    auto task = session.call(
        {.method = Method::post, .path = "/api/v1/tasks?schedule=true", .body = std::string(body)});
    if (!task) return give_up(task.error());
    created.push_back(*std::move(task));
  }
  session.print_list(created, kTaskView, "");
  if (session.is_for_people()) {
    session.note(
        fmt::format("\nLook at them: {}/\nWatch them:   carillon run watch\n"
                    "Remove them:  carillon demo --remove\n",
                    escape_control(session.server())));
  }
  return ExitCode::ok;
}

CliResult<ExitCode> remove_demo(Session& session) {
  const auto tasks = read_list(session, Target("/api/v1/tasks").with("filter", "tag:demo"), 0);
  if (!tasks) return give_up(tasks.error());
  std::size_t removed = 0;
  for (const boost::json::value& task : *tasks) {
    // The tag alone could be somebody's own.
    if (!text_at(task, "/name").starts_with("demo-")) continue;
    const auto gone =
        session.call({.method = Method::delete_, .path = task_path(text_at(task, "/id"))});
    if (!gone && gone.error().exit != ExitCode::not_found) return give_up(gone.error());
    ++removed;
  }
  session.note(fmt::format("Removed {} demo tasks.\n", removed));
  return ExitCode::ok;
}

}  // namespace

CommandSpec demo_command() {
  auto options = std::make_shared<DemoOptions>();
  return {.name = "demo",
          .summary = "Create a lively set of tasks to look at.",
          .examples = "carillon demo\ncarillon demo --remove",
          .shared = SharedOptions::rest,
          .options = {{"--remove", "", "Delete the tasks that it created.", &options->remove}},
          .run = [options](Session& session) {
            return options->remove == Switch::on ? remove_demo(session) : create_demo(session);
          }};
}

}  // namespace carillon::cli
