#include "cli/verbs/event_feed.h"

#include <array>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/output/json_print.h"
#include "cli/output/json_read.h"
#include "cli/rest/url.h"
#include "cli/verbs/event_line.h"

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

constexpr std::array kFeedColumns{
    Column{"AT", CellKind::time, "/at", ""},
    Column{"EVENT", CellKind::text, "/type", ""},
    Column{"TASK", CellKind::id, "/task", ""},
    Column{"RUN", CellKind::id, "/run", ""},
    Column{"STATUS", CellKind::status, "/status", ""},
    Column{"NAME", CellKind::text, "/name", ""},
    Column{"ATTEMPT", CellKind::text, "/attempt", ""},
    Column{"MS", CellKind::text, "/durationMs", ""},
    Column{"ERROR", CellKind::text, "/error", ""},
    Column{"NOTE", CellKind::text, "/note", ""},
};

}  // namespace

void EventPrinter::print(const boost::json::value& event) {
  switch (session_.format()) {
    case OutputFormat::table:
      return session_.print(event_line(event_row(event, names_.name_of(event)), session_.colour()));
    case OutputFormat::tsv:
      return session_.print(
          tsv_text(kFeedColumns, boost::json::array{event_row(event, names_.name_of(event))}));
    case OutputFormat::json:  // A stream has no end, so an array would never be complete.
    case OutputFormat::jsonl:
      return session_.print(compact_json(event) + "\n");
    case OutputFormat::yaml:
      return session_.print("---\n" + yaml_text(event));
    case OutputFormat::name:
      return session_.print(escape_control(text_at(event, "/type")) + "\n");
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
