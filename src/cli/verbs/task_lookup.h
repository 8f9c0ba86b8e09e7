// Requests that several verbs share: finding a task by name, reading lists page by page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "cli/rest/url.h"
#include "cli/session.h"

namespace carillon::cli {

// The id of the task that a person means: an id is taken as it is, a name is looked up.
//
// Errors  not_found  no task has that name
//         usage      several have it; the message lists their ids
CliResult<std::string> find_task(Session& session, std::string_view id_or_name);

// `/api/v1/tasks/{id}` and what follows.
std::string task_path(std::string_view id, std::string_view rest = {});
std::string run_path(std::string_view id, std::string_view rest = {});

// --limit as a count; a negative one counts as 0.
std::size_t limit_of(const std::optional<std::int64_t>& typed, std::size_t usual);

// The items of a list call, following page tokens until `limit` items are there; 0 means all.
CliResult<boost::json::array> read_list(Session& session, const Target& target, std::size_t limit);

}  // namespace carillon::cli
