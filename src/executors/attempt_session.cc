#include "executors/attempt_session.h"

#include <utility>

#include <boost/json/parse.hpp>

#include "base/rfc3339.h"
#include "executors/registry.h"

namespace carillon {
namespace json = boost::json;
namespace {

constexpr std::int64_t kNotePauseMs = 1000;

json::value inputs_of(const AttemptDispatched& dispatched) {
  if (dispatched.inputs.empty()) return nullptr;
  json::error_code error;
  json::value inputs = json::parse(dispatched.inputs.text(), error);
  return error ? json::value(nullptr) : inputs;
}

// The names that templates in parameters may use.
json::object template_names(const AttemptDispatched& dispatched, const json::value& inputs) {
  const AttemptId& attempt = dispatched.attempt;
  json::object names;
  names["run"] = {{"id", to_text(attempt.run)}, {"number", attempt.run.number}};
  names["task"] = {{"id", to_text(attempt.run.task)}, {"name", dispatched.name}};
  names["attempt"] = attempt.number;
  if (dispatched.nominal) names["nominal"] = to_rfc3339(*dispatched.nominal);
  names["inputs"] = inputs;
  return names;
}

}  // namespace

SessionVoice::SessionVoice(const ExecutionPorts& ports, AttemptId attempt, Fence fence,
                           std::function<bool()> is_running)
    : ports_(ports), attempt_(attempt), fence_(fence), is_running_(std::move(is_running)) {}

void SessionVoice::log(LogStream stream, std::string line) {
  if (!is_running_()) return;
  ports_.logs.append(attempt_, ports_.clock.wall(), stream, std::move(line));
}

void SessionVoice::progress(std::string note) {
  const std::int64_t now_ms = ports_.clock.monotonic_ns() / 1'000'000;
  std::int64_t due_ms = next_note_ms_.load();
  if (now_ms < due_ms || !next_note_ms_.compare_exchange_strong(due_ms, now_ms + kNotePauseMs)) {
    return;
  }
  if (!is_running_()) return;
  ports_.reports.progress(attempt_.run.task,
                          AttemptProgress{.fence = fence_, .note = std::move(note)});
}

Result<AttemptInput> prepare_input(const TypeRegistry& types, const AttemptDispatched& dispatched) {
  json::value inputs = inputs_of(dispatched);
  auto parameters = types.prepare(dispatched.type, dispatched.parameters.text(),
                                  template_names(dispatched, inputs));
  if (!parameters) return std::unexpected(std::move(parameters.error()));
  return AttemptInput{.about = AttemptAbout{.attempt = dispatched.attempt,
                                            .task_name = dispatched.name,
                                            .type = dispatched.type,
                                            .trigger = dispatched.trigger,
                                            .nominal = dispatched.nominal,
                                            .deadline = dispatched.deadline},
                      .parameters = std::move(*parameters),
                      .inputs = std::move(inputs)};
}

}  // namespace carillon
