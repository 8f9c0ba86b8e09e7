#include <memory>

#include <boost/json.hpp>

#include "cli/verbs/event_feed.h"
#include "cli/verbs/verbs.h"

namespace carillon::cli {
namespace {

struct TailOptions {
  std::string topic = "task-events";
  std::optional<std::string> after;
};

CliResult<ExitCode> tail_events(Session& session, const TailOptions& options) {
  const EventFilter filter{.topic = options.topic, .after = options.after.value_or("")};
  EventPrinter printer(session);
  const auto followed = follow_events(session, filter, [&](const boost::json::value& event) {
    printer.print(event);
    return StreamStep::go_on;
  });
  if (!followed) return give_up(followed.error());
  return ExitCode::ok;
}

}  // namespace

CommandSpec event_commands() {
  auto options = std::make_shared<TailOptions>();
  CommandSpec tail{
      .name = "tail",
      .summary = "Print the events of a topic as they happen.",
      .examples =
          "carillon events tail\n"
          "carillon events tail --topic task-notifications -o jsonl",
      .shared = SharedOptions::rest,
      .options = {{"--topic", "TOPIC", "task-events if none is given.", &options->topic},
                  {"--after", "POSITION", "Begin behind this position.", &options->after}},
      .run = [options](Session& session) { return tail_events(session, *options); }};
  return {.name = "events",
          .summary = "Follow the event stream.",
          .examples = "carillon events tail",
          .commands = {std::move(tail)}};
}

}  // namespace carillon::cli
