#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/duration_text.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "cli/output/json_print.h"
#include "cli/output/json_read.h"
#include "cli/time_text.h"
#include "cli/verbs/assignment.h"
#include "cli/verbs/await_run.h"
#include "cli/verbs/task_lookup.h"
#include "cli/verbs/task_verbs.h"
#include "cli/verbs/task_view.h"

namespace carillon::cli {
namespace {

constexpr std::array<std::string_view, 4> kDialects{"auto", "spring", "unix", "quartz"};
constexpr std::array<std::string_view, 3> kBackoffs{"fixed", "linear", "exponential"};

using Text = std::optional<std::string>;

struct CreateOptions {
  Text name, type, file, description, created_by;
  Text cron, dialect, every, at, time_zone;
  Text queue, retry_delay, backoff, idempotency_key;
  std::optional<std::int64_t> priority, retries_max;
  std::vector<std::string> parameters, tags, fields;
  Switch unscheduled = Switch::off;
  WaitOptions wait;
};

CliResult<boost::json::object> task_of_file(Session& session, const Text& file) {
  if (!file) return boost::json::object();
  const auto text = session.environment().read_file(*file);
  if (!text) return give_up(text.error());
  auto value = parse_json(*text);
  if (!value || !value->is_object()) {
    return give_up(ExitCode::usage, fmt::format("'{}' does not hold a JSON object.", *file),
                   "The file is the body of POST /api/v1/tasks.");
  }
  return std::move(value->get_object());
}

void set_text(boost::json::object& task, std::string_view field, const Text& text) {
  if (text) task[field] = *text;
}

CliResult<void> set_times(boost::json::object& task, const CreateOptions& options, Instant now) {
  if (options.every) {
    const auto span = parse_duration(*options.every);
    if (!span) return give_up(span.error());
    task["every"] = to_iso_text(*span);
  }
  if (options.retry_delay) {
    const auto span = parse_duration(*options.retry_delay);
    if (!span) return give_up(span.error());
    task["retryDelayMs"] = span->ms();
  }
  if (options.at) {
    const auto instant = parse_when(*options.at, now);
    if (!instant) return give_up(instant.error());
    task["runAt"] = to_rfc3339(*instant);
  }
  return {};
}

// The member as an object, made if it is absent.
boost::json::object& object_member(boost::json::object& task, std::string_view name) {
  boost::json::value& member = task[name];
  return member.is_object() ? member.get_object() : member.emplace_object();
}

CliResult<void> set_parameters(boost::json::object& task, const CreateOptions& options) {
  if (!options.type && options.parameters.empty()) return {};
  boost::json::object& parameters = object_member(task, "parameters");
  set_text(parameters, "type", options.type);
  for (const std::string& assignment : options.parameters) {
    if (auto set = assign(parameters, assignment); !set) return set;
  }
  return {};
}

CliResult<boost::json::object> task_of_options(Session& session, const CreateOptions& options) {
  auto task = task_of_file(session, options.file);
  if (!task) return task;
  set_text(*task, "name", options.name);
  set_text(*task, "description", options.description);
  set_text(*task, "createdBy", options.created_by);
  set_text(*task, "cronExpression", options.cron);
  set_text(*task, "cronDialect", options.dialect);
  set_text(*task, "timeZone", options.time_zone);
  set_text(*task, "queue", options.queue);
  if (options.priority) (*task)["priority"] = *options.priority;
  if (options.retries_max) (*task)["maxRetries"] = *options.retries_max;
  if (options.backoff) object_member(*task, "retry")["backoff"] = *options.backoff;
  if (!options.tags.empty()) {
    (*task)["tags"] = boost::json::array(options.tags.begin(), options.tags.end());
  }
  if (auto set = set_times(*task, options, session.environment().now()); !set) {
    return give_up(set.error());
  }
  if (auto set = set_parameters(*task, options); !set) return give_up(set.error());
  for (const std::string& assignment : options.fields) {
    if (auto set = assign_task_field(*task, assignment); !set) return give_up(set.error());
  }
  if (!task->contains("name")) {
    return give_up(ExitCode::usage, "NAME is missing.",
                   "For example: carillon task create hello --type noop --every 10s");
  }
  return task;
}

void print_warnings(Session& session, const boost::json::value& task) {
  const boost::json::array* warnings = array_at(task, "/warnings");
  if (warnings == nullptr) return;
  for (const boost::json::value& warning : *warnings) {
    const std::string message =
        warning.is_string() ? text_at(warning, "") : text_at(warning, "/message");
    session.note(fmt::format("Warning: {}\n", escape_control(message)));
  }
}

// Short answers stand at once, so that a script has the id even if the wait is cut short.
bool wants_whole_task(OutputFormat format) {
  return format == OutputFormat::json || format == OutputFormat::jsonl ||
         format == OutputFormat::yaml;
}

void print_created(Session& session, const boost::json::value& task, Switch waits) {
  const std::string id = escape_control(text_at(task, "/id"));
  const std::string next = text_at(task, "/nextExecutionTime");
  if (session.format() == OutputFormat::tsv) {
    return session.print(fmt::format("{}\t{}\n", id, escape_control(next)));
  }
  if (!session.is_for_people()) return session.print_object(task, kTaskView);
  const std::string status = text_at(task, "/status");
  session.print(fmt::format("Created   {}  {}\n", id, escape_control(text_at(task, "/name"))));
  if (waits == Switch::on) return session.note("Waiting for the end of its run.\n");
  session.print(fmt::format(
      "Status    {}\n", toned(escape_control(status), tone_of_status(status), session.colour())));
  if (!next.empty()) {
    session.print(fmt::format("Next      {}\n",
                              escape_control(readable_time(next, session.environment().now()))));
  }
  session.note(status == "CREATED" ? fmt::format("Arm it with: carillon task schedule {}\n", id)
                                   : fmt::format("Watch it with: carillon task watch {}\n", id));
}

CliResult<ExitCode> create_task(Session& session, const CreateOptions& options) {
  const auto body = task_of_options(session, options);
  if (!body) return give_up(body.error());
  Target target("/api/v1/tasks");
  if (options.unscheduled == Switch::off) target.with("schedule", "true");
  RestRequest request{.method = Method::post, .path = target.text(), .body = compact_json(*body)};
  if (options.idempotency_key) {
    request.headers.emplace_back("Idempotency-Key", *options.idempotency_key);
  }
  const auto task = session.call(request, text_at(*body, "/cronExpression"));
  if (!task) return give_up(task.error());
  print_warnings(session, *task);
  const std::string id = text_at(*task, "/id");
  const bool waits = options.wait.wait == Switch::on;
  const bool is_whole = wants_whole_task(session.format());
  if (!waits || !is_whole) print_created(session, *task, options.wait.wait);
  if (!waits) return ExitCode::ok;
  auto ended = await_run(session, {.task = id, .run = {}, .previous = {}}, options.wait);
  // A whole task is printed as it is after the wait, however that ended.
  if (!is_whole) return ended;
  const auto now = session.call({.path = task_path(id)});
  print_created(session, now ? *now : *task, options.wait.wait);
  return ended;
}

constexpr std::string_view kExamples =
    "carillon task create hello --type noop --every 10s\n"
    "carillon task create nightly --type report --cron '0 0 2 * * *' --tz Europe/Berlin\n"
    "carillon task create ping --type http --param url=http://localhost:8080/livez --every 1m\n"
    "carillon task create once --type sleep --param durationMs=500 --wait --timeout 10s\n"
    "carillon task create -f task.json -o name";

std::vector<OptionSpec> what_options(CreateOptions& o) {
  return {
      {"NAME", "", "What to call the task; may stand in the file instead.", &o.name},
      {"--type", "TYPE", "Task type, such as noop, http or report.", &o.type},
      {"--param", "K=V", "A parameter; JSON if it reads as JSON, else text. Repeatable.",
       &o.parameters},
      {"-f,--file,--params-file", "FILE", "JSON of the whole task; - reads standard input.",
       &o.file},
      {"--description", "TEXT", "What the task is for.", &o.description},
      {"--created-by", "WHO", "Who owns the task.", &o.created_by},
      {"--tag", "TAG", "A tag. Repeatable.", &o.tags},
      {"--queue", "NAME", "The queue its runs wait in.", &o.queue},
      {"--priority", "N", "Higher runs start first.", &o.priority},
      {"--set", "FIELD=V", "Any other field of the task. Repeatable.", &o.fields},
      {"--idempotency-key", "KEY", "Repeating the command with the same key creates nothing new.",
       &o.idempotency_key},
  };
}

std::vector<OptionSpec> when_options(CreateOptions& o) {
  return {
      {"--cron", "EXPR", "When to run: 5, 6 or 7 fields.", &o.cron},
      {"--dialect", "WORD", "How to read the cron expression.", &o.dialect, kDialects},
      {"--every", "DURATION", "When to run: again and again after this time.", &o.every},
      {"--at", "TIME", "When to run: once, at 2026-11-24T20:30:00Z or +10m.", &o.at},
      {"--tz", "ZONE", "Time zone of the cron expression; UTC if none is given.", &o.time_zone},
      {"--max-retries", "N", "Attempts after the first one.", &o.retries_max},
      {"--retry-delay", "DURATION", "Time before a retry.", &o.retry_delay},
      {"--backoff", "WORD", "How the retry delay grows.", &o.backoff, kBackoffs},
      {"--no-schedule", "", "Define the task without arming it.", &o.unscheduled},
  };
}

}  // namespace

CommandSpec task_create_command() {
  auto options = std::make_shared<CreateOptions>();
  CommandSpec spec{
      .name = "create",
      .summary = "Create a task and arm it.",
      .details =
          "Without --cron, --every or --at it runs once, now. Prints its id and the time of "
          "its next run.",
      .examples = kExamples,
      .shared = SharedOptions::rest,
      .options = what_options(*options),
      .run = [options](Session& session) { return create_task(session, *options); }};
  for (const OptionSpec& option : when_options(*options)) spec.options.push_back(option);
  for (const OptionSpec& option : wait_option_specs(options->wait)) spec.options.push_back(option);
  return spec;
}

}  // namespace carillon::cli
