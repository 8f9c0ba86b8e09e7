#include <memory>
#include <optional>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/output/json_read.h"
#include "cli/verbs/event_feed.h"
#include "cli/verbs/task_lookup.h"
#include "cli/verbs/task_verbs.h"
#include "cli/verbs/task_view.h"

namespace carillon::cli {
namespace {

struct ListOptions {
  std::optional<std::string> filter, order_by;
  std::optional<std::int64_t> limit;
};

struct OneTask {
  std::string task;
};

struct EventsOptions {
  std::string task;
  std::optional<std::int64_t> limit;
};

CliResult<ExitCode> list_tasks(Session& session, const ListOptions& options) {
  Target target("/api/v1/tasks");
  target.with("filter", options.filter.value_or("")).with("orderBy", options.order_by.value_or(""));
  const auto items = read_list(session, target, limit_of(options.limit, 100));
  if (!items) return give_up(items.error());
  session.print_list(*items, kTaskView,
                     options.filter
                         ? "No task matches the filter."
                         : "There is no task yet. Create one: carillon task create hello "
                           "--type noop --every 10s");
  return ExitCode::ok;
}

CliResult<ExitCode> get_task(Session& session, const OneTask& options) {
  const auto id = find_task(session, options.task);
  if (!id) return give_up(id.error());
  const auto task = session.call({.path = task_path(*id)});
  if (!task) return give_up(task.error());
  session.print_object(*task, kTaskView);
  return ExitCode::ok;
}

CliResult<ExitCode> list_events(Session& session, const EventsOptions& options) {
  const auto id = find_task(session, options.task);
  if (!id) return give_up(id.error());
  const auto items =
      read_list(session, Target(task_path(*id, "/events")), limit_of(options.limit, 100));
  if (!items) return give_up(items.error());
  session.print_list(*items, kEventView, "The task has no events.");
  return ExitCode::ok;
}

bool has_ended(std::string_view status) {
  return status == "COMPLETED" || status == "CANCELLED" || status == "FAILED";
}

// A recurring task never ends by itself, so this ends with the task's end or with Ctrl-C. The task
// is looked at once the stream is open: it may have ended before, and then nothing would come.
CliResult<ExitCode> watch_task(Session& session, const OneTask& options) {
  const auto id = find_task(session, options.task);
  if (!id) return give_up(id.error());
  const EventFilter filter{.topic = "task-events", .task = *id};
  std::optional<Failure> broken;
  const auto look = [&] {
    const auto task = session.call({.path = task_path(*id)});
    if (!task) {
      broken = task.error();
      return StreamStep::stop;
    }
    const std::string status = text_at(*task, "/status");
    if (!has_ended(status)) return StreamStep::go_on;
    session.note(fmt::format("The task has ended: {}.\n", escape_control(status)));
    return StreamStep::stop;
  };
  EventPrinter printer(session);
  const auto on_event = [&](const boost::json::value& event) {
    printer.print(event);
    const bool is_gone = text_at(event, "/type") == "task.deleted";
    return is_gone || has_ended(text_at(event, "/row/status")) ? StreamStep::stop
                                                               : StreamStep::go_on;
  };
  const auto followed = follow_events(session, filter, on_event, look);
  if (broken) return give_up(*std::move(broken));
  if (!followed) return give_up(followed.error());
  return ExitCode::ok;
}

}  // namespace

CommandSpec task_list_command() {
  auto options = std::make_shared<ListOptions>();
  return {.name = "list",
          .summary = "List tasks.",
          .examples =
              "carillon task list\n"
              "carillon task list --filter 'status:failed,running -tag:demo'\n"
              "carillon task list --filter 'name~\"nightly\"' --limit 10 -o json",
          .shared = SharedOptions::rest,
          .options = {{"--filter", "FILTER", "Words, status:…, type:…, tag:…, name~\"…\".",
                       &options->filter},
                      {"--order-by", "FIELD", "Field to sort by, such as name or 'createdAt desc'.",
                       &options->order_by},
                      {"--limit", "N", "At most so many; 100 if none is given, 0 for all.",
                       &options->limit}},
          .run = [options](Session& session) { return list_tasks(session, *options); }};
}

CommandSpec task_get_command() {
  auto options = std::make_shared<OneTask>();
  return {.name = "get",
          .summary = "Show a task.",
          .examples = "carillon task get hello\ncarillon task get hello -o yaml",
          .shared = SharedOptions::rest,
          .options = {{"TASK", "", "Id or name.", &options->task}},
          .run = [options](Session& session) { return get_task(session, *options); }};
}

CommandSpec task_events_command() {
  auto options = std::make_shared<EventsOptions>();
  return {.name = "events",
          .summary = "List what happened to a task.",
          .examples = "carillon task events hello\ncarillon task events hello --limit 0 -o jsonl",
          .shared = SharedOptions::rest,
          .options = {{"TASK", "", "Id or name.", &options->task},
                      {"--limit", "N", "At most so many; 100 if none is given, 0 for all.",
                       &options->limit}},
          .run = [options](Session& session) { return list_events(session, *options); }};
}

CommandSpec task_watch_command() {
  auto options = std::make_shared<OneTask>();
  return {.name = "watch",
          .summary = "Show what happens to a task as it happens.",
          .details = "Ends when the task ends.",
          .examples = "carillon task watch hello",
          .shared = SharedOptions::rest,
          .options = {{"TASK", "", "Id or name.", &options->task}},
          .run = [options](Session& session) { return watch_task(session, *options); }};
}

}  // namespace carillon::cli
