#include "executors/types/command.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "executors/cut_text.h"
#include "executors/ending_report.h"
#include "executors/executor_options.h"
#include "executors/files/sandboxed_files.h"
#include "executors/parameters.h"
#include "executors/sandbox/command_process.h"

namespace carillon {
namespace json = boost::json;
namespace {

constexpr TypeInfo kInfo{
    .name = "command",
    .lane = Lane::blocking,
    .summary = "Runs a program in a sandbox, without a shell.",
    .parameter_schema = R"({"type": "object", "required": ["argv"], "properties": {
      "argv": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"type": "string"},
        "description": "the program and its arguments, each as one text; no shell reads them"},
      "env": {"type": "object", "maxProperties": 100,
        "additionalProperties": {"type": "string"},
        "description": "further environment variables"},
      "stdin": {"type": "string", "default": "", "description": "what the program can read"},
      "cwd": {"type": "string", "minLength": 1, "default": ".",
        "description": "a directory below executors.data-root; the only one it may write"},
      "maxOutputBytes": {"type": "integer", "minimum": 0, "maximum": 16777216, "default": 1048576,
        "description": "how much output is kept"}}})",
    .example = R"({"name": "uname", "parameters": {"type": "command", "argv": ["uname", "-a"]}})",
};

constexpr std::size_t kArgumentBytes = 128 * 1024;
constexpr std::size_t kTailBytes = 4 * 1024;

bool is_variable_name(std::string_view name) {
  return !name.empty() && (name.front() < '0' || name.front() > '9') &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

std::unexpected<Error> has_nul(std::string_view name) {
  return bad_parameter(name, "A NUL character cannot be passed to a program.", "Leave it out.");
}

Result<void> check_argv(const json::object& parameters) {
  const auto argv = texts_at(parameters, "argv");
  std::size_t bytes = 0;
  for (const std::string& argument : argv) {
    if (argument.find('\0') != std::string::npos) return has_nul("argv");
    bytes += argument.size();
  }
  if (bytes > kArgumentBytes) {
    return bad_parameter("argv", "The arguments are longer than 128 KiB together.",
                         "Pass large data as stdin.");
  }
  if (argv.front().empty()) {
    return bad_parameter("argv", "The program's name is empty.", R"(Write for example ["uname"].)");
  }
  return {};
}

Result<void> check(const CommandOptions& options, const json::object& parameters) {
  if (options.availability == Availability::off) {
    return bad_parameter("type", "This server does not run commands.",
                         "Set executors.command.enabled: true to allow them.");
  }
  if (auto checked = check_argv(parameters); !checked) return checked;
  const auto* environment = parameters.if_contains("env");
  if (environment == nullptr) return {};
  for (const auto& variable : environment->get_object()) {
    const std::string_view name = variable.key();
    if (!is_variable_name(name) || name.starts_with("CARILLON_") || name == "HOME" ||
        name == "TMPDIR") {
      return bad_parameter(
          "env", fmt::format("{} cannot be set.", name),
          "Use letters, digits and underscores; CARILLON_*, HOME and TMPDIR are ours.");
    }
    if (variable.value().get_string().find('\0') != json::string::npos) return has_nul("env");
  }
  return {};
}

// HOME and TMPDIR, the working directory, are added by the sandbox helper.
std::vector<std::string> environment_of(const AttemptContext& context,
                                        const CommandOptions& options) {
  const AttemptAbout& about = context.about();
  json::object variables{{"PATH", options.path},
                         {"LANG", "C.UTF-8"},
                         {"TZ", "UTC"},
                         {"CARILLON_TASK_ID", to_text(about.attempt.run.task)},
                         {"CARILLON_RUN_ID", to_text(about.attempt.run)},
                         {"CARILLON_ATTEMPT", std::to_string(about.attempt.number)},
                         {"CARILLON_IDEMPOTENCY_KEY", context.idempotency_key()}};
  if (about.nominal) variables["CARILLON_NOMINAL"] = to_rfc3339(*about.nominal);
  if (!about.traceparent.empty()) variables["TRACEPARENT"] = about.traceparent;
  if (const auto* own = context.parameters().if_contains("env")) {
    for (const auto& variable : own->get_object()) variables[variable.key()] = variable.value();
  }
  std::vector<std::string> environment;
  for (const auto& variable : variables) {
    environment.push_back(fmt::format("{}={}", std::string_view(variable.key()),
                                      std::string_view(variable.value().get_string())));
  }
  return environment;
}

// The end of a stream, kept for the result or the error message.
class Tail {
 public:
  void add(std::string_view line) {
    text_ += line;
    text_ += '\n';
    if (text_.size() > 2 * kTailBytes) text_.erase(0, text_.size() - kTailBytes);
  }
  [[nodiscard]] std::string text() const {
    std::string_view tail = text_;
    if (tail.size() > kTailBytes) tail.remove_prefix(tail.size() - kTailBytes);
    while (!tail.empty() && (static_cast<unsigned char>(tail.front()) & 0xC0U) == 0x80U) {
      tail.remove_prefix(1);
    }
    if (tail.ends_with('\n')) tail.remove_suffix(1);
    return std::string(tail);
  }

 private:
  std::string text_;
};

AttemptEnding ending_of_exit(const CommandExit& exit, const Tail& out, const Tail& err) {
  if (exit.signal == 0 && exit.code == 0) {
    return Completed{json::object{{"exitCode", 0},
                                  {"stdoutTail", escape_invalid(out.text())},
                                  {"droppedBytes", exit.dropped_bytes}}};
  }
  const std::string tail = err.text();
  const std::string detail = tail.empty() ? "" : fmt::format(" It said: {}", escape_invalid(tail));
  if (exit.signal != 0) {
    return Failed{.code = "killed-by-signal",
                  .message = fmt::format("Signal {} ended the command.{}", exit.signal, detail)};
  }
  return Failed{.code = "exit-code",
                .message = fmt::format("The command ended with code {}.{}", exit.code, detail)};
}

AttemptEnding run_command(AttemptContext& context, const SandboxedFiles& files,
                          const CommandOptions& options) {
  const json::object& parameters = context.parameters();
  const auto directory = files.directory(*text_at(parameters, "cwd"));
  if (!directory) return failure_of(directory.error());
  const CommandSpec spec{
      .argv = texts_at(parameters, "argv"),
      .environment = environment_of(context, options),
      .input = *text_at(parameters, "stdin"),
      .output_bytes = static_cast<std::size_t>(*number_at(parameters, "maxOutputBytes"))};
  auto process = CommandProcess::start(options, spec, *directory);
  if (!process) return failure_of(process.error());
  Tail out;
  Tail err;
  const auto exit =
      (*process)->wait(context.stop(), [&](CommandStream stream, std::string_view line) {
        const bool is_out = stream == CommandStream::out;
        (is_out ? out : err).add(line);
        context.log(is_out ? LogStream::out : LogStream::err, line);
      });
  if (!exit) {
    return Failed{
        .code = "command-not-started", .message = exit.error().message, .repeat = Repeat::useless};
  }
  if (exit->dropped_bytes > 0) {
    context.log(LogStream::note,
                fmt::format("{} bytes of output past the bound of {} were dropped.",
                            exit->dropped_bytes, spec.output_bytes));
  }
  if (context.stop().asked() && (exit->signal != 0 || exit->code != 0)) {
    return Cancelled{"The command was stopped."};
  }
  return ending_of_exit(*exit, out, err);
}

}  // namespace

TaskType command_type(const TypeServices& services) {
  const SandboxedFiles& files = services.files;
  const CommandOptions& options = services.options.command;
  return {
      .info = kInfo,
      .handler = [&files, &options](AttemptContext& context) -> AttemptEnding {
        return run_command(context, files, options);
      },
      .check = [&options](const json::object& parameters) { return check(options, parameters); }};
}

}  // namespace carillon
