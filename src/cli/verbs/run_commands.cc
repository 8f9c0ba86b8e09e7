#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/output/json_read.h"
#include "cli/verbs/event_feed.h"
#include "cli/verbs/run_logs.h"
#include "cli/verbs/task_lookup.h"
#include "cli/verbs/task_view.h"
#include "cli/verbs/verbs.h"

namespace carillon::cli {
namespace {

struct ListOptions {
  std::optional<std::string> task, filter;
  std::optional<std::int64_t> limit;
};

struct GetOptions {
  std::string run;
};

struct WatchOptions {
  std::optional<std::string> task, until_done;
};

CliResult<ExitCode> list_runs(Session& session, const ListOptions& options) {
  std::string path = "/api/v1/runs";
  if (options.task) {
    const auto id = find_task(session, *options.task);
    if (!id) return give_up(id.error());
    path = task_path(*id, "/runs");
  }
  Target target(path);
  target.with("filter", options.filter.value_or(""));
  const auto items = read_list(session, target, limit_of(options.limit, 50));
  if (!items) return give_up(items.error());
  session.print_list(*items, kRunView, "There are no runs.");
  return ExitCode::ok;
}

CliResult<ExitCode> get_run(Session& session, const GetOptions& options) {
  const auto run = session.call({.path = run_path(options.run)});
  if (!run) return give_up(run.error());
  session.print_object(*run, kRunView);
  return ExitCode::ok;
}

// How a run ended; nullopt while it has not.
std::optional<ExitCode> exit_of_run(std::string_view status) {
  if (status == "COMPLETED") return ExitCode::ok;
  if (status == "CANCELLED") return ExitCode::run_cancelled;
  if (status == "FAILED" || status == "TIMED_OUT") return ExitCode::run_failed;
  return std::nullopt;
}

// Ends with the run, whose end may come before, while or after the stream opens: so the run is
// looked at once the stream is open, and its events are read from then on.
CliResult<ExitCode> watch_until_done(Session& session, const EventFilter& filter,
                                     const std::string& run) {
  std::optional<ExitCode> ended;
  std::optional<Failure> broken;
  EventPrinter printer(session);
  const auto look = [&] {
    const auto now = session.call({.path = run_path(run)});
    if (!now) {
      broken = now.error();
      return StreamStep::stop;
    }
    ended = exit_of_run(text_at(*now, "/status"));
    return ended ? StreamStep::stop : StreamStep::go_on;
  };
  const auto on_event = [&](const boost::json::value& event) {
    const bool is_ours = text_at(event, "/run/runId") == run;
    if (!is_ours) return StreamStep::go_on;
    printer.print(event);
    ended = exit_of_run(text_at(event, "/run/status"));
    return ended ? StreamStep::stop : StreamStep::go_on;
  };
  const auto followed = follow_events(session, filter, on_event, look);
  if (broken) return give_up(*std::move(broken));
  if (!followed) return give_up(followed.error());
  return ended.value_or(ExitCode::ok);
}

// What became of a slot belongs here too: it is why a run that was expected does not come.
bool is_about_runs(const boost::json::value& event) {
  return !text_at(event, "/type").starts_with("task.");
}

CliResult<ExitCode> watch_runs(Session& session, const WatchOptions& options) {
  EventFilter filter{.topic = "task-events"};
  if (options.task) {
    const auto id = find_task(session, *options.task);
    if (!id) return give_up(id.error());
    filter.task = *id;
  }
  if (options.until_done) return watch_until_done(session, filter, *options.until_done);
  if (session.is_for_people()) session.note("Watching; press Ctrl-C to stop.\n");
  EventPrinter printer(session);
  const auto followed = follow_events(session, filter, [&](const boost::json::value& event) {
    if (is_about_runs(event)) printer.print(event);
    return StreamStep::go_on;
  });
  if (!followed) return give_up(followed.error());
  return ExitCode::ok;
}

CommandSpec list_command() {
  auto options = std::make_shared<ListOptions>();
  return {.name = "list",
          .summary = "List runs, the newest first.",
          .examples =
              "carillon run list\n"
              "carillon run list --task hello --limit 5\n"
              "carillon run list --filter 'status:failed' -o jsonl",
          .shared = SharedOptions::rest,
          .options = {{"--task", "TASK", "Only runs of this task (id or name).", &options->task},
                      {"--filter", "FILTER", "As in `carillon task list`.", &options->filter},
                      {"--limit", "N", "At most so many; 50 if none is given, 0 for all.",
                       &options->limit}},
          .run = [options](Session& session) { return list_runs(session, *options); }};
}

CommandSpec get_command() {
  auto options = std::make_shared<GetOptions>();
  return {.name = "get",
          .summary = "Show a run.",
          .examples = "carillon run get 019a1b2c-0000-7000-8000-000000000001",
          .shared = SharedOptions::rest,
          .options = {{"RUN", "", "Id of the run.", &options->run}},
          .run = [options](Session& session) { return get_run(session, *options); }};
}

CommandSpec watch_command() {
  auto options = std::make_shared<WatchOptions>();
  return {.name = "watch",
          .summary = "Show runs as they start and end.",
          .details =
              "One line for each thing that happens to a run, and for each slot that was skipped. "
              "What happens to the tasks themselves is in `carillon events tail`.",
          .examples =
              "carillon run watch\n"
              "carillon run watch --task hello\n"
              "carillon run watch --until-done 019a1b2c-0000-7000-8000-000000000001",
          .shared = SharedOptions::rest,
          .options = {{"--task", "TASK", "Only this task (id or name).", &options->task},
                      {"--until-done", "RUN",
                       "Only this run, and end with it (exit code 7 or 8 if "
                       "it failed or was cancelled).",
                       &options->until_done}},
          .run = [options](Session& session) { return watch_runs(session, *options); }};
}

}  // namespace

CommandSpec run_commands() {
  return {.name = "run",
          .summary = "Look at runs and their logs.",
          .examples = "carillon run list --task hello\ncarillon run watch",
          .commands = {list_command(), get_command(), run_logs_command(), watch_command()}};
}

}  // namespace carillon::cli
