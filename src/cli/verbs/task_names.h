// TaskNames: what the tasks of an event stream are called.
//
// One thread. Only the facts that define a task carry its name, so the others are looked up, each
// task once.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "cli/session.h"

namespace carillon::cli {

class TaskNames {
 public:
  // Requires  the session outlives this.
  explicit TaskNames(Session& session) : session_(session) {}

  // The name of the event's task; empty when it has none or nobody knows it any more.
  //
  // Cost  one request for a task that is met for the first time
  std::string name_of(const boost::json::value& event);

 private:
  std::string looked_up(std::string_view task);

  Session& session_;
  std::map<std::string, std::string, std::less<>> names_;  // By task id.
};

}  // namespace carillon::cli
