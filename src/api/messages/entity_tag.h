// A task's version as an ETag, and the conditions that clients build from it (RFC 9110, 13.1).
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/id/ids.h"

namespace carillon::api {

// `"7"`.
std::string entity_tag(TaskVersion version);

// The version that If-Match asks for; none for `*`, which only asks that there be a task.
//
// Errors  version_mismatch   a weak tag or one that no version has
//         malformed_request  a list of tags: a change has one version it was made for
Result<std::optional<TaskVersion>> read_if_match(std::string_view header);

// True when If-None-Match names the version, so that the client has it already.
bool none_match_fails(std::string_view header, TaskVersion version);

}  // namespace carillon::api
