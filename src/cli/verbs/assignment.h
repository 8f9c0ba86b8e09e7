// `name=value` words of the shell as members of a JSON object. Pure functions.
#pragma once

#include <string_view>

#include <boost/json/fwd.hpp>

#include "cli/failure.h"

namespace carillon::cli {

// A value as JSON if it is JSON, else as a string. Whole numbers that 64 bits cannot hold stay
// strings, because a rounded number would be another one.
boost::json::value typed_value(std::string_view text);

// Sets a member of `object` from `name=value`; dots in the name lead into nested objects.
//
// Errors  usage  no `=`, an empty name, or a dot behind a member that is no object
CliResult<void> assign(boost::json::object& object, std::string_view assignment);

// The same for the fields of a task, where `every` and members that end in Ms also take durations
// as people write them: every=10m, retryDelayMs=5s.
CliResult<void> assign_task_field(boost::json::object& task, std::string_view assignment);

}  // namespace carillon::cli
