#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/output/json_print.h"
#include "cli/output/json_read.h"
#include "cli/verbs/assignment.h"
#include "cli/verbs/task_lookup.h"
#include "cli/verbs/task_verbs.h"
#include "cli/verbs/task_view.h"

namespace carillon::cli {
namespace {

struct EditOptions {
  std::string task;
  std::vector<std::string> sets, unsets;
  std::optional<std::int64_t> if_version;
};

CliResult<boost::json::object> patch_of(const EditOptions& options) {
  boost::json::object patch;
  for (const std::string& assignment : options.sets) {
    if (auto set = assign_task_field(patch, assignment); !set) return give_up(set.error());
  }
  for (const std::string& field : options.unsets) {
    if (auto set = assign(patch, field + "=null"); !set) return give_up(set.error());
  }
  if (patch.empty()) {
    return give_up(ExitCode::usage, "Nothing to change.",
                   "Name a field: --set maxRetries=3, --unset description");
  }
  return patch;
}

// The version that the edit is based on: the one the user saw, or the present one.
CliResult<std::string> version_to_match(Session& session, std::string_view id,
                                        const EditOptions& options) {
  if (options.if_version) return fmt::format("\"{}\"", *options.if_version);
  const auto answer = session.exchange({.path = task_path(id)});
  if (!answer) return give_up(answer.error());
  if (!answer->etag.empty()) return answer->etag;
  const auto task = parse_json(answer->body);
  return fmt::format("\"{}\"", task ? text_at(*task, "/version") : "");
}

std::string cron_of(const boost::json::object& patch) {
  const boost::json::value* expression = patch.if_contains("cronExpression");
  return expression == nullptr ? std::string() : text_at(*expression, "");
}

CliResult<ExitCode> edit_task(Session& session, const EditOptions& options) {
  const auto patch = patch_of(options);
  if (!patch) return give_up(patch.error());
  const auto id = find_task(session, options.task);
  if (!id) return give_up(id.error());
  const auto version = version_to_match(session, *id, options);
  if (!version) return give_up(version.error());
  const RestRequest request{.method = Method::patch,
                            .path = task_path(*id),
                            .body = compact_json(*patch),
                            .headers = {{"If-Match", *version}}};
  const auto task = session.call(request, cron_of(*patch));
  if (!task) return give_up(task.error());
  session.print_object(*task, kTaskView);
  return ExitCode::ok;
}

}  // namespace

CommandSpec task_edit_command() {
  auto options = std::make_shared<EditOptions>();
  return {
      .name = "edit",
      .summary = "Change fields of a task.",
      .details = "Fails with exit code 5 when somebody else changed the task meanwhile.",
      .examples =
          "carillon task edit hello --set maxRetries=3 --set retryDelayMs=5s\n"
          "carillon task edit hello --set 'cronExpression=0 */5 * * * *'\n"
          "carillon task edit hello --set parameters.region=eu --unset description",
      .shared = SharedOptions::rest,
      .options =
          {{"TASK", "", "Id or name.", &options->task},
           {"--set", "FIELD=V", "A new value; dots lead into objects. Repeatable.", &options->sets},
           {"--unset", "FIELD", "Back to empty or the default. Repeatable.", &options->unsets},
           {"--if-version", "N", "Only if the task still has this version.", &options->if_version}},
      .run = [options](Session& session) { return edit_task(session, *options); }};
}

}  // namespace carillon::cli
