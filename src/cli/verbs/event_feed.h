// Following the facts of a server as they happen, across broken connections.
#pragma once

#include <functional>
#include <string>

#include <boost/json/fwd.hpp>

#include "cli/session.h"
#include "cli/verbs/task_names.h"

namespace carillon::cli {

struct EventFilter {
  std::string topic;
  std::string task;   // Only events of this task; empty for all.
  std::string after;  // Start behind this position; empty: with what happens from now on.
};

using EventHandler = std::function<StreamStep(const boost::json::value&)>;

// Calls the handler for each event until it answers stop. A stream that ends is opened again behind
// its last position, so no event is lost and none is shown twice. `opened` is called each time the
// server has accepted the stream; it may be empty.
//
// Errors  interrupted  by Ctrl-C
//         unreachable  at the first try, or five times in a row later
//         the problem of a refusal
CliResult<void> follow_events(Session& session, const EventFilter& filter,
                              const EventHandler& handler,
                              const std::function<StreamStep()>& opened = {});

// Prints events in the session's format: a line for people, TSV, or the event as the server sent
// it.
class EventPrinter {
 public:
  // Requires  the session outlives this.
  explicit EventPrinter(Session& session) : session_(session), names_(session) {}

  void print(const boost::json::value& event);

 private:
  Session& session_;
  TaskNames names_;
};

}  // namespace carillon::cli
