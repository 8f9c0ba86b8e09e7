// An event of the stream as one flat row and as one line for people. Pure functions.
//
// A fact carries the parts that changed, each as its own object; a reader wants to know which task,
// which run, how it went and how long it took, wherever the fact has it.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "cli/output/style.h"

namespace carillon::cli {

// Members `at, type, task, name, run, attempt, status, durationMs, error, note`, absent where the
// event says nothing of it. `error` is why a run, attempt or command failed; `note` is what else is
// worth a word: a skipped slot and its reason, the time of the next attempt, who did it.
//
// Guarantees  a row of a run that has not failed never carries the error of an earlier attempt
boost::json::object event_row(const boost::json::value& event, std::string_view name);

// The row as one line with its break; control characters are escaped.
std::string event_line(const boost::json::object& row, Colour colour);

}  // namespace carillon::cli
