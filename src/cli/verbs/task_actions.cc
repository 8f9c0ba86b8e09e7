#include <array>
#include <memory>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/rfc3339.h"
#include "base/text.h"
#include "cli/output/json_print.h"
#include "cli/output/json_read.h"
#include "cli/time_text.h"
#include "cli/verbs/await_run.h"
#include "cli/verbs/task_lookup.h"
#include "cli/verbs/task_verbs.h"
#include "cli/verbs/task_view.h"

namespace carillon::cli {
namespace {

// What a verb does to each of its tasks.
struct Action {
  std::string_view suffix;  // Behind the task's path: "/pause".
  std::string_view done;    // "Paused"
  Method method = Method::post;
  std::string body;
  const View* view = &kTaskView;
};

constexpr std::array kDeletedColumns{
    Column{"ID", CellKind::id, "/id", ""},
    Column{"NAME", CellKind::text, "/name", ""},
    Column{"DELETED", CellKind::text, "/deleted", ""},
};
constexpr View kDeletedView{kDeletedColumns, "/id"};

struct ActionOptions {
  std::vector<std::string> tasks;
  std::optional<std::string> reason;
  Switch yes = Switch::off;
};

struct ScheduleOptions {
  std::string task;
  std::optional<std::string> at, delay;
};

struct RunOptions {
  std::string task;
  WaitOptions wait;
};

void say_done(Session& session, const Action& action, const boost::json::value& task,
              std::string_view id) {
  std::string line = fmt::format("{} {}", action.done, id);
  const std::string name = text_at(task, "/name");
  const std::string status = text_at(task, "/status");
  const std::string next = text_at(task, "/nextExecutionTime");
  if (!name.empty()) line += fmt::format("  {}", escape_control(name));
  if (!status.empty()) {
    line += "  " + toned(escape_control(status), tone_of_status(status), session.colour());
  }
  if (!next.empty()) {
    line += "  next " + escape_control(readable_time(next, session.environment().now()));
  }
  session.print(line + "\n");
}

// A success may come without a body; the id is known all the same.
boost::json::value with_id(boost::json::value answer, std::string_view id) {
  if (!answer.is_object()) answer = boost::json::object();
  if (!answer.get_object().contains("id")) answer.get_object()["id"] = id;
  return answer;
}

RestRequest request_of(const Action& action, std::string_view id) {
  return {.method = action.method, .path = task_path(id, action.suffix), .body = action.body};
}

// The answer to a delete has no body, so the task is read before it is gone.
CliResult<boost::json::value> delete_one(Session& session, const Action& action,
                                         std::string_view id) {
  const auto task = session.call({.path = task_path(id)});
  if (!task) return task;
  const auto gone = session.call(request_of(action, id));
  if (!gone) return gone;
  const std::string name = text_at(*task, "/name");
  if (session.is_for_people()) {
    session.print(fmt::format("Deleted {}  {}\n", id, escape_control(name)));
  }
  return boost::json::object{{"id", id}, {"name", name}, {"deleted", true}};
}

// Does it to one task and returns the task as the server answered it.
CliResult<boost::json::value> act_on(Session& session, const Action& action, std::string_view id) {
  if (action.method == Method::delete_) return delete_one(session, action, id);
  auto answer = session.call(request_of(action, id));
  if (!answer) return answer;
  boost::json::value task = with_id(*std::move(answer), id);
  if (session.is_for_people()) say_done(session, action, task, id);
  return task;
}

// Machines get one object for one task and a list for several.
void print_answers(Session& session, const boost::json::array& answers, const View& view) {
  if (session.is_for_people() || answers.empty()) return;
  if (answers.size() == 1 && session.format() != OutputFormat::tsv) {
    return session.print_object(answers.front(), view);
  }
  session.print_list(answers, view, "");
}

// All tasks are tried; the first failure decides the exit code.
CliResult<ExitCode> act_on_all(Session& session, const Action& action,
                               const std::vector<std::string>& tasks) {
  boost::json::array answers;
  std::optional<Failure> first;
  for (const std::string& text : tasks) {
    const auto id = find_task(session, text);
    auto answer = id ? act_on(session, action, *id) : give_up(id.error());
    if (answer) {
      answers.push_back(*std::move(answer));
      continue;
    }
    if (tasks.size() > 1) session.note(fmt::format("{}: ", escape_control(text)));
    if (first) session.note(failure_text(answer.error()));
    if (!first && tasks.size() > 1) session.note(failure_text(answer.error()));
    if (!first) first = answer.error();
  }
  print_answers(session, answers, *action.view);
  if (!first) return ExitCode::ok;
  if (tasks.size() > 1) return first->exit;  // Already told.
  return give_up(*std::move(first));
}

std::string reason_body(const std::optional<std::string>& reason) {
  if (!reason) return {};
  return compact_json(boost::json::object{{"reason", *reason}});
}

CliResult<ExitCode> schedule_task(Session& session, const ScheduleOptions& options) {
  boost::json::object body;
  if (options.at) {
    const auto instant = parse_when(*options.at, session.environment().now());
    if (!instant) return give_up(instant.error());
    body["runAt"] = to_rfc3339(*instant);
  }
  if (options.delay) {
    const auto span = parse_duration(*options.delay);
    if (!span) return give_up(span.error());
    body["delayMs"] = span->ms();
  }
  const Action action{.suffix = "/schedule",
                      .done = "Scheduled",
                      .body = body.empty() ? std::string() : compact_json(body)};
  return act_on_all(session, action, {options.task});
}

// For run and retry. A server that does not name the run it made leaves it to be told from the one
// before.
CliResult<ExitCode> start_run(Session& session, const RunOptions& options, const Action& action) {
  const auto id = find_task(session, options.task);
  if (!id) return give_up(id.error());
  if (options.wait.wait == Switch::off) return act_on_all(session, action, {*id});
  const auto previous = last_run_of(session, *id);
  if (!previous) return give_up(previous.error());
  const auto answer = session.exchange(request_of(action, *id));
  if (!answer) return give_up(answer.error());
  if (session.is_for_people()) {
    session.note(fmt::format("{} {}; waiting for the end of its run.\n", action.done,
                             escape_control(options.task)));
  }
  auto ended =
      await_run(session, {.task = *id, .run = answer->run, .previous = *previous}, options.wait);
  // What a program gets is the task as it is after the wait, however that ended.
  if (session.is_for_people()) return ended;
  if (const auto task = session.call({.path = task_path(*id)})) {
    print_answers(session, boost::json::array{*task}, kTaskView);
  }
  return ended;
}

CliResult<ExitCode> delete_tasks(Session& session, const ActionOptions& options) {
  CliEnvironment& environment = session.environment();
  const bool can_ask =
      environment.input == Device::terminal && environment.output == Device::terminal;
  if (options.yes == Switch::off && can_ask) {
    session.note(
        options.tasks.size() == 1
            ? fmt::format("Delete {}, also while it runs? [y/N] ",
                          escape_control(options.tasks.front()))
            : fmt::format("Delete {} tasks, also those that run? [y/N] ", options.tasks.size()));
    const std::string answer = lower_ascii(trimmed(environment.read_line().value_or("")));
    if (answer != "y" && answer != "yes") {
      return give_up(ExitCode::failed, "Nothing was deleted.",
                     "Use --yes to delete without asking.");
    }
  }
  const Action action{
      .suffix = "", .done = "Deleted", .method = Method::delete_, .view = &kDeletedView};
  return act_on_all(session, action, options.tasks);
}

OptionSpec tasks_option(ActionOptions& options) {
  return {"TASK", "", "Ids or names.", &options.tasks};
}

}  // namespace

CommandSpec task_schedule_command() {
  auto options = std::make_shared<ScheduleOptions>();
  return {.name = "schedule",
          .summary = "Arm a task.",
          .details = "By its own schedule, or once at a given time; without either it runs now.",
          .examples =
              "carillon task schedule hello\n"
              "carillon task schedule hello --delay 10m\n"
              "carillon task schedule hello --at 2026-11-24T20:30:00Z",
          .shared = SharedOptions::rest,
          .options = {{"TASK", "", "Id or name.", &options->task},
                      {"--at", "TIME", "Run once, at this time.", &options->at},
                      {"--delay", "DURATION", "Run once, after this time.", &options->delay}},
          .run = [options](Session& session) { return schedule_task(session, *options); }};
}

CommandSpec task_pause_command() {
  auto options = std::make_shared<ActionOptions>();
  return {.name = "pause",
          .summary = "Stop starting runs of tasks until they are resumed.",
          .examples = "carillon task pause hello --reason maintenance",
          .shared = SharedOptions::rest,
          .options = {tasks_option(*options),
                      {"--reason", "TEXT", "Why; shown with the task.", &options->reason}},
          .run = [options](Session& session) {
            const Action action{
                .suffix = "/pause", .done = "Paused", .body = reason_body(options->reason)};
            return act_on_all(session, action, options->tasks);
          }};
}

CommandSpec task_resume_command() {
  auto options = std::make_shared<ActionOptions>();
  return {.name = "resume",
          .summary = "Let paused tasks run again.",
          .examples = "carillon task resume hello",
          .shared = SharedOptions::rest,
          .options = {tasks_option(*options)},
          .run = [options](Session& session) {
            return act_on_all(session, {.suffix = "/resume", .done = "Resumed"}, options->tasks);
          }};
}

CommandSpec task_cancel_command() {
  auto options = std::make_shared<ActionOptions>();
  return {.name = "cancel",
          .summary = "Stop tasks for good, also a run in progress.",
          .examples = "carillon task cancel hello",
          .shared = SharedOptions::rest,
          .options = {tasks_option(*options)},
          .run = [options](Session& session) {
            return act_on_all(session, {.suffix = "/cancel", .done = "Cancelled"}, options->tasks);
          }};
}

CommandSpec task_delete_command() {
  auto options = std::make_shared<ActionOptions>();
  return {.name = "delete",
          .summary = "Delete tasks; a run in progress is stopped.",
          .details = "Their past runs stay in `carillon run list` until retention removes them.",
          .examples = "carillon task delete hello --yes",
          .shared = SharedOptions::rest,
          .options = {tasks_option(*options),
                      {"-y,--yes", "", "Do not ask on a terminal.", &options->yes}},
          .run = [options](Session& session) { return delete_tasks(session, *options); }};
}

CommandSpec task_run_command() {
  auto options = std::make_shared<RunOptions>();
  CommandSpec spec{.name = "run",
                   .summary = "Run a task now, beside its schedule.",
                   .examples =
                       "carillon task run hello\n"
                       "carillon task run hello --wait --timeout 1m",
                   .shared = SharedOptions::rest,
                   .options = {{"TASK", "", "Id or name.", &options->task}},
                   .run = [options](Session& session) {
                     return start_run(session, *options, {.suffix = "/run", .done = "Started"});
                   }};
  for (const OptionSpec& option : wait_option_specs(options->wait)) spec.options.push_back(option);
  return spec;
}

CommandSpec task_retry_command() {
  auto options = std::make_shared<RunOptions>();
  CommandSpec spec{.name = "retry",
                   .summary = "Run the failed slot of a task again, with fresh retries.",
                   .examples = "carillon task retry hello --wait",
                   .shared = SharedOptions::rest,
                   .options = {{"TASK", "", "Id or name.", &options->task}},
                   .run = [options](Session& session) {
                     return start_run(session, *options, {.suffix = "/retry", .done = "Retried"});
                   }};
  for (const OptionSpec& option : wait_option_specs(options->wait)) spec.options.push_back(option);
  return spec;
}

}  // namespace carillon::cli
