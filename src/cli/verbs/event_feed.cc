#include "cli/verbs/event_feed.h"

#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/output/json_print.h"
#include "cli/output/json_read.h"
#include "cli/rest/url.h"
#include "cli/verbs/task_view.h"

namespace carillon::cli {
namespace {

constexpr int kTriesMax = 5;
// A stream that lived this long was a good one, even if nothing happened on it.
constexpr Duration kGoodStream = Duration::seconds(10);

// The data of an event as an object; what is no JSON becomes its text.
boost::json::value event_of(const SseEvent& event) {
  auto data = parse_json(event.data);
  if (data && data->is_object()) {
    boost::json::object& members = data->get_object();
    if (!members.contains("type")) members["type"] = event.type;
    return *std::move(data);
  }
  return boost::json::object{{"type", event.type}, {"data", event.data}};
}

Tone tone_of_event(std::string_view type) {
  if (type.ends_with(".failed") || type.ends_with(".lost")) return Tone::bad;
  if (type.ends_with(".completed")) return Tone::good;
  if (type.ends_with(".started")) return Tone::active;
  return Tone::plain;
}

std::string people_line(const boost::json::value& event, Colour colour) {
  // The date would be noise in a live view; the format is 2026-11-24T20:30:05.123Z.
  const std::string at = escape_control(text_at(event, "/at"));
  const std::string time = at.size() == 24 ? at.substr(11, 12) : at;
  const std::string type = escape_control(text_at(event, "/type"));
  std::string name = text_at(event, "/row/name");
  if (name.empty()) name = text_at(event, "/task");
  std::string line = fmt::format(
      "{}  {}{}  {}", toned(time, Tone::faint, colour), toned(type, tone_of_event(type), colour),
      std::string(type.size() < 16 ? 16 - type.size() : 0, ' '), escape_control(name));
  for (const auto& [word, pointer] :
       {std::pair{"run", "/run/runId"}, std::pair{"attempt", "/run/attempt"},
        std::pair{"trigger", "/run/trigger"}, std::pair{"slot", "/slot/nominal"},
        std::pair{"decided", "/slot/disposition"}, std::pair{"error", "/run/errorMessage"}}) {
    const std::string value = text_at(event, pointer);
    if (!value.empty()) line += fmt::format("  {} {}", word, escape_control(value));
  }
  return line + "\n";
}

constexpr std::array kFeedColumns{
    Column{"AT", CellKind::time, "/at", ""},
    Column{"EVENT", CellKind::text, "/type", ""},
    Column{"TASK", CellKind::id, "/task", ""},
    Column{"RUN", CellKind::id, "/run/runId", ""},
    Column{"STATUS", CellKind::status, "/run/status", "/slot/disposition"},
};

}  // namespace

void print_event(Session& session, const boost::json::value& event) {
  switch (session.format()) {
    case OutputFormat::table:
      return session.print(people_line(event, session.colour()));
    case OutputFormat::tsv:
      return session.print(tsv_text(kFeedColumns, boost::json::array{event}));
    case OutputFormat::json:  // A stream has no end, so an array would never be complete.
    case OutputFormat::jsonl:
      return session.print(compact_json(event) + "\n");
    case OutputFormat::yaml:
      return session.print("---\n" + yaml_text(event));
    case OutputFormat::name:
      return session.print(escape_control(text_at(event, "/type")) + "\n");
  }
}

CliResult<void> follow_events(Session& session, const EventFilter& filter,
                              const EventHandler& handler,
                              const std::function<StreamStep()>& opened) {
  const auto port = session.port();
  if (!port) return give_up(port.error());
  CliEnvironment& environment = session.environment();
  std::string position = filter.after;
  bool ever_open = false;
  int tries = 0;
  const StreamHandler stream_handler{
      .opened =
          [&] {
            ever_open = true;
            return opened ? opened() : StreamStep::go_on;
          },
      .event =
          [&](const SseEvent& raw) {
            tries = 0;
            if (!raw.id.empty()) position = raw.id;
            const boost::json::value event = event_of(raw);
            const bool is_wanted = filter.task.empty() || text_at(event, "/task") == filter.task;
            return is_wanted ? handler(event) : StreamStep::go_on;
          }};
  while (true) {
    RestRequest request{.path = Target("/api/v1/events/stream").with("topic", filter.topic).text()};
    if (!position.empty()) request.headers.emplace_back("Last-Event-ID", position);
    const Instant began = environment.now();
    const auto end = (*port)->stream(request, stream_handler);
    if (end && *end == StreamEnd::stopped) return {};
    if (environment.interrupted()) return give_up(Failure{.exit = ExitCode::interrupted});
    if (environment.now() - began >= kGoodStream) tries = 0;
    const bool worth_a_try = end || (ever_open && end.error().exit == ExitCode::unreachable);
    if (!worth_a_try || ++tries > kTriesMax) {
      if (!end) return give_up(end.error());
      return give_up(ExitCode::unreachable,
                     fmt::format("{} closes the event stream again and again.", session.server()));
    }
    environment.pause(Duration::seconds(1));
  }
}

}  // namespace carillon::cli
