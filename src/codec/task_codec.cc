#include "codec/task_codec.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/duration_text.h"
#include "base/json_writer.h"
#include "codec/json_reader.h"
#include "codec/merge_patch.h"
#include "domain/words.h"

namespace carillon {
namespace {

using Element = simdjson::dom::element;

// What a client may send back because it read it, and what is not its to set.
constexpr std::array<std::string_view, 16> kReadOnly{
    "id",         "status",         "nextExecutionTime", "createdAt",    "updatedAt",
    "retryCount", "currentRetries", "executionResult",   "errorMessage", "version",
    "lastRun",    "pausedReason",   "pausedUntil",       "warnings",     "parent",
    "generation"};

// Rows of the definition's table that are not members of the API's object by that name.
constexpr std::array<std::string_view, 6> kInternal{"schedule", "type",   "lane",
                                                    "workflow", "parent", "inputs"};

// The members of a workflow's step.
constexpr std::array<std::string_view, 6> kStepFields{
    "name", "parameters", "dependsOn", "maxRetries", "retryDelayMs", "attemptTimeoutMs"};

// Members that people write by the habit of other schedulers, too far from ours for a nearest name.
struct Habit {
  std::string_view wrong;
  std::string_view hint;
};
constexpr std::array<Habit, 4> kHabits{{
    {"cron", "Did you mean 'cronExpression'?"},
    {"schedule", "Did you mean 'cronExpression', 'every' or 'runAt'?"},
    {"interval", "Did you mean 'every'?"},
    {"params", "Did you mean 'parameters'?"},
}};

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

std::vector<std::string_view> known_fields() {
  std::vector<std::string_view> known;
  for_each_field<ScheduleSpec>([&](const auto& row) { known.push_back(row.name); });
  for_each_field<TaskDefinition>([&](const auto& row) {
    if (!is_one_of(row.name, kInternal)) known.push_back(row.name);
  });
  return known;
}

class DefinitionReader {
 public:
  TaskDefinition read(Element element) {
    simdjson::dom::object object;
    if (element.get(object) != simdjson::SUCCESS) {
      reader_.refuse("", ErrorCode::invalid_value, "A task is a JSON object.");
      return {};
    }
    for (const auto [name, member] : object) read_member(name, member);
    read_type(object);
    return std::move(definition_);
  }

  JsonFaults take_errors() { return reader_.take_errors(); }

 private:
  void read_member(std::string_view name, Element member) {
    if (is_one_of(name, kReadOnly)) return;
    if (name == "every") {
      read_every(member);
    } else if (name == "retry") {
      read_retry(member);
    } else if (name == "type") {
      reader_.refuse("/type", ErrorCode::unknown_field, "The type of a task is a parameter.",
                     fmt::format("Write \"parameters\": {{\"type\": {}}}.", minified(member)));
    } else if (name == "rrule") {
      reader_.refuse("/rrule", ErrorCode::not_yet, "rrule is not supported yet.",
                     "Use cronExpression, crons or every.");
    } else if (name == "parameters" && !member.is_object() && !member.is_null()) {
      reader_.expected("/parameters", "an object");
    } else if (is_one_of(name, kInternal) || (!reader_.read_member(name, member, "", definition_) &&
                                              !read_schedule_member(name, member))) {
      refuse_unknown(name);
    }
  }

  void refuse_unknown(std::string_view name) {
    for (const Habit& habit : kHabits) {
      if (habit.wrong != name) continue;
      reader_.refuse(pointer_to("", name), ErrorCode::unknown_field,
                     fmt::format("'{}' is not a field here.", name), std::string(habit.hint));
      return;
    }
    reader_.refuse_unknown(pointer_to("", name), name, known_fields());
  }

  bool read_schedule_member(std::string_view name, Element member) {
    if (name == "cronDialect" && !member.is_null()) dialect_given_ = true;
    return reader_.read_member(name, member, "", definition_.schedule);
  }

  void read_every(Element member) {
    if (member.is_null()) return;
    std::string_view text;
    if (member.get(text) != simdjson::SUCCESS) {
      reader_.refuse("/every", ErrorCode::invalid_value, "every is an ISO 8601 duration.",
                     "Write PT5S for five seconds, PT10M, PT2H or P1D.");
      return;
    }
    auto every = parse_iso_duration(text);
    if (every) {
      definition_.schedule.every = *every;
    } else {
      reader_.refuse("/every", std::move(every.error()));
    }
  }

  // As the table says, but for `factor`, which people write as a decimal number.
  void read_retry(Element member) {
    if (member.is_null()) return;
    simdjson::dom::object object;
    if (member.get(object) != simdjson::SUCCESS) {
      reader_.expected("/retry", "an object");
      return;
    }
    for (const auto [name, value] : object) {
      if (name == "factor") {
        read_factor(value);
      } else if (name == "factorThousandths" ||
                 !reader_.read_member(name, value, "/retry", definition_.retry)) {
        reader_.refuse_unknown(pointer_to("/retry", name), name,
                               {"backoff", "factor", "maxDelayMs", "jitter", "nonRetryable"});
      }
    }
  }

  void read_factor(Element value) {
    if (value.is_null()) return;
    double factor = 0;
    const bool is_number = value.get(factor) == simdjson::SUCCESS;
    if (!is_number || !(factor >= 1.0) || factor > 100.0) {
      reader_.expected("/retry/factor", "a number from 1 to 100");
      return;
    }
    definition_.retry.factor_thousandths = static_cast<std::uint32_t>(std::lround(factor * 1000));
  }

  void read_type(simdjson::dom::object object) {
    if (!dialect_given_) definition_.schedule.cron_dialect = CronDialect::auto_detect;
    simdjson::dom::object parameters;
    if (object["parameters"].get(parameters) != simdjson::SUCCESS) {
      definition_.parameters = JsonText("{}");
      return;
    }
    Element type;
    if (parameters["type"].get(type) == simdjson::SUCCESS) {
      reader_.read(type, "/parameters/type", definition_.type);
    }
    if (definition_.type == "workflow") read_steps(parameters);
  }

  void read_steps(simdjson::dom::object parameters) {
    WorkflowSpec& spec = definition_.workflow.emplace();
    for (const auto [name, member] : parameters) {
      if (name == "type" || name == "steps") continue;
      reader_.refuse(pointer_to("/parameters", name), ErrorCode::unknown_field,
                     fmt::format("'{}' is not a parameter of a workflow.", escape_control(name)),
                     "A workflow has steps; each step has parameters of its own.");
    }
    simdjson::dom::array steps;
    if (parameters["steps"].get(steps) != simdjson::SUCCESS) {
      reader_.refuse("/parameters/steps", ErrorCode::workflow_invalid,
                     "A workflow needs its steps as an array.",
                     R"(Write "steps": [{"name": "first", "parameters": {"type": "noop"}}].)");
      return;
    }
    for (const Element step : steps) {
      if (spec.steps.size() > limits::kWorkflowSteps) break;  // Refused for their number later.
      const std::string pointer = fmt::format("/parameters/steps/{}", spec.steps.size());
      read_step(step, pointer, spec.steps.emplace_back());
    }
  }

  void read_step(Element element, const std::string& pointer, WorkflowStep& step) {
    simdjson::dom::object object;
    if (element.get(object) != simdjson::SUCCESS) {
      reader_.refuse(pointer, ErrorCode::invalid_value, "A step is a JSON object.",
                     R"(Write {"name": "first", "parameters": {"type": "noop"}}.)");
      return;
    }
    for (const auto [name, member] : object) {
      if (name == "parameters") {
        read_step_parameters(member, pointer + "/parameters", step);
      } else if (!is_one_of(name, kStepFields) ||
                 !reader_.read_member(name, member, pointer, step)) {
        refuse_step_member(pointer_to(pointer, name), name, member);
      }
    }
    if (step.type.empty()) step.type = "noop";
    if (step.parameters.empty()) step.parameters = JsonText(R"({"type":"noop"})");
  }

  // A step is a task of its own, and readers of a task find its type in its parameters.
  void read_step_parameters(Element member, const std::string& pointer, WorkflowStep& step) {
    if (member.is_null()) return;
    simdjson::dom::object parameters;
    if (member.get(parameters) != simdjson::SUCCESS) {
      reader_.refuse(pointer, ErrorCode::invalid_value, "parameters is a JSON object.",
                     R"(Write "parameters": {"type": "noop"}.)");
      return;
    }
    Element type;
    const bool is_typed = parameters["type"].get(type) == simdjson::SUCCESS;
    if (is_typed) reader_.read(type, pointer + "/type", step.type);
    const std::string text = minified(member);
    step.parameters = JsonText(is_typed ? text : typed_as_noop(text));
  }

  static std::string typed_as_noop(const std::string& object) {
    return R"({"type":"noop")" + (object == "{}" ? "}" : "," + object.substr(1));
  }

  // What belongs into the parameters is often written beside them.
  void refuse_step_member(const std::string& pointer, std::string_view name, Element member) {
    constexpr std::size_t kShownBytes = 60;
    std::string value = minified(member);
    if (value.size() > kShownBytes) value = "…";
    const std::string_view nearest = nearest_name(name, kStepFields);
    std::string hint;
    if (name == "type") {
      hint = fmt::format("Write \"parameters\": {{\"type\": {}}}.", value);
    } else if (!nearest.empty()) {
      hint = fmt::format("Did you mean '{}'?", nearest);
    } else {
      hint = fmt::format(
          "A step has {}. A setting of its type goes into \"parameters\": {{\"{}\": {}}}.",
          fmt::join(kStepFields, ", "), escape_control(name), value);
    }
    reader_.refuse(pointer, ErrorCode::unknown_field,
                   fmt::format("'{}' is not a field of a step.", escape_control(name)),
                   std::move(hint));
  }

  JsonReader reader_;
  TaskDefinition definition_;
  bool dialect_given_ = false;
};

std::expected<TaskDefinition, JsonFaults> read_definition(Element element) {
  DefinitionReader reader;
  TaskDefinition definition = reader.read(element);
  JsonFaults errors = reader.take_errors();
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return definition;
}

void append_member(std::string& out, std::string_view name, const auto& value) {
  if (out.back() != '{') out.push_back(',');
  append_json_name(out, name);
  append_json(out, value);
}

// null for an empty text: fields are always present, empty ones are null.
std::optional<std::string_view> or_null(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<std::string> every_text(const ScheduleSpec& schedule) {
  if (!schedule.every) return std::nullopt;
  return to_iso_text(*schedule.every);
}

void append_retry(std::string& out, const RetryPolicy& retry) {
  out += R"(,"retry":{)";
  append_member(out, "backoff", retry.backoff);
  fmt::format_to(std::back_inserter(out), R"(,"factor":{})", retry.factor_thousandths / 1000.0);
  append_member(out, "maxDelayMs", retry.max_delay);
  append_member(out, "jitter", retry.jitter);
  append_member(out, "nonRetryable", retry.non_retryable);
  out.push_back('}');
}

void append_specified(std::string& out, const TaskSnapshot& task) {
  const TaskDefinition& d = task.definition;
  append_member(out, "id", task.id);
  append_member(out, "name", d.name);
  append_member(out, "description", or_null(d.description));
  append_member(out, "status", task.row.status);
  append_member(out, "cronExpression", or_null(d.schedule.cron_expression));
  append_member(out, "nextExecutionTime", task.row.next_execution);
  append_member(out, "createdAt", task.row.created_at);
  append_member(out, "updatedAt", task.row.updated_at);
  out += R"(,"parameters":)";
  out += d.parameters.empty() ? std::string_view("{}") : std::string_view(d.parameters.text());
  append_member(out, "createdBy", or_null(d.created_by));
  append_member(out, "assignedTo", or_null(d.assigned_to));
  append_member(out, "retryCount", task.row.retry_count);
  append_member(out, "currentRetries", task.row.current_retries);
  append_member(out, "maxRetries", d.max_retries);
  append_member(out, "retryDelayMs", d.retry_delay);
  append_member(out, "executionResult", or_null(task.outcome.result.text()));
  append_member(out, "errorMessage", or_null(task.outcome.error_message));
}

void append_ours(std::string& out, const TaskSnapshot& task) {
  const TaskDefinition& d = task.definition;
  const ScheduleSpec& s = d.schedule;
  append_member(out, "version", task.row.version);
  append_member(out, "timeZone", s.time_zone);
  append_member(out, "cronDialect", s.has_cron() ? std::optional(s.cron_dialect) : std::nullopt);
  append_member(out, "every", every_text(s));
  append_member(out, "runAt", s.run_at);
  append_member(out, "startAt", s.start_at);
  append_member(out, "endAt", s.end_at);
  append_member(out, "crons", s.crons);
  append_member(out, "maxRuns", d.max_runs);
  append_member(out, "overlap", d.overlap);
  append_member(out, "bufferLimit", d.buffer_limit);
  append_member(out, "misfire", d.misfire);
  append_member(out, "misfireAfterMs", d.misfire_after);
  append_member(out, "catchUpLimit", d.catch_up_limit);
  append_member(out, "catchUpWindowMs", d.catch_up_window);
  append_member(out, "dstGap", s.dst_gap);
  append_member(out, "dstOverlap", s.dst_overlap);
  append_member(out, "jitterMs", d.jitter);
  append_member(out, "calendars", d.calendars);
  append_member(out, "queue", d.queue);
  append_member(out, "priority", d.priority);
  append_member(out, "tags", d.tags);
  append_member(out, "timeouts", d.timeouts);
  append_retry(out, d.retry);
  append_member(out, "onLost", d.on_lost);
  append_member(out, "maxLost", d.max_lost);
  append_member(out, "pauseOnFailure", d.pause_on_failure);
  append_member(out, "lastRun", task.row.last_run);
  append_member(out, "pausedReason",
                task.row.pause ? or_null(task.row.pause->reason) : std::nullopt);
  append_member(out, "pausedUntil", task.row.pause ? task.row.pause->until : std::nullopt);
  if (d.parent) append_member(out, "parent", *d.parent);
}

}  // namespace

std::expected<TaskDefinition, JsonFaults> read_task_definition(std::string_view json) {
  auto document = JsonDocument::parse(json);
  if (!document) return std::unexpected(JsonFaults{std::move(document.error())});
  return read_definition(document->root());
}

std::expected<std::vector<std::expected<TaskDefinition, JsonFaults>>, JsonFaults>
read_task_definitions(std::string_view json) {
  auto document = JsonDocument::parse(json);
  if (!document) return std::unexpected(JsonFaults{std::move(document.error())});
  Element root = document->root();
  if (root.is_object() && root["tasks"].get(root) != simdjson::SUCCESS) root = document->root();
  simdjson::dom::array items;
  if (root.get(items) != simdjson::SUCCESS) {
    return std::unexpected(JsonFaults{{.code = ErrorCode::invalid_value,
                                       .message = "A batch is an array of tasks.",
                                       .hint = R"(Write {"tasks": [{…}, {…}]} or [{…}, {…}].)",
                                       .column = std::nullopt,
                                       .pointer = "/tasks"}});
  }
  // Before any is read: as definitions they take a hundred times the room of `{},`.
  if (items.size() > limits::kBatchItems) {
    return std::unexpected(
        JsonFaults{{.code = ErrorCode::batch_too_large,
                    .message = fmt::format("The batch has {} tasks.", items.size()),
                    .hint = fmt::format("Send at most {} in one request.", limits::kBatchItems),
                    .column = std::nullopt,
                    .pointer = {}}});
  }
  std::vector<std::expected<TaskDefinition, JsonFaults>> definitions;
  definitions.reserve(items.size());
  for (const Element item : items) definitions.push_back(read_definition(item));
  return definitions;
}

std::expected<TaskDefinition, JsonFaults> patched_definition(const TaskSnapshot& task,
                                                             std::string_view patch) {
  auto change = JsonDocument::parse(patch);
  if (!change) return std::unexpected(JsonFaults{std::move(change.error())});
  if (!change->root().is_object()) {
    return std::unexpected(JsonFaults{{.code = ErrorCode::invalid_value,
                                       .message = "A merge patch is a JSON object.",
                                       .hint = {},
                                       .column = std::nullopt,
                                       .pointer = {}}});
  }
  std::string before;
  append_task_json(before, task);
  auto target = JsonDocument::parse(before);
  if (!target) return std::unexpected(JsonFaults{std::move(target.error())});
  auto after = JsonDocument::parse(merge_patch(target->root(), change->root()));
  if (!after) return std::unexpected(JsonFaults{std::move(after.error())});
  auto definition = read_definition(after->root());
  if (!definition) return definition;
  definition->parent = task.definition.parent;
  definition->inputs = task.definition.inputs;
  return definition;
}

void append_task_json(std::string& out, const TaskSnapshot& task,
                      std::span<const DefinitionWarning> warnings) {
  out.push_back('{');
  append_specified(out, task);
  append_ours(out, task);
  out += R"(,"warnings":[)";
  for (const DefinitionWarning& warning : warnings) {
    if (out.back() != '[') out.push_back(',');
    out.push_back('{');
    append_member(out, "code", warning.code);
    append_member(out, "message", warning.message);
    append_member(out, "hint", or_null(warning.hint));
    out.push_back('}');
  }
  out += "]}";
}

std::string task_status_json(const TaskSnapshot& task) {
  std::string out = "{";
  append_member(out, "id", task.id);
  append_member(out, "status", task.row.status);
  append_member(out, "nextExecutionTime", task.row.next_execution);
  append_member(out, "currentRetries", task.row.current_retries);
  append_member(out, "lastRun", task.row.last_run);
  out.push_back('}');
  return out;
}

}  // namespace carillon
