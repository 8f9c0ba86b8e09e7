// Tasks as the REST API shows and takes them: the specification's flat fields and ours behind them.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "domain/task/task_definition.h"
#include "domain/task/task_row.h"
#include "domain/task/validate_definition.h"

namespace carillon {

// All faults of a document, each with its pointer; never empty.
using JsonFaults = std::vector<Error>;

// Reads the body of a create request. Read-only fields are ignored, unknown ones refused; null
// means the default. parameters.type becomes the type; lanes are resolved later, by who knows the
// types.
//
// Errors  malformed_json; unknown_field, invalid_value, missing_field with pointers
std::expected<TaskDefinition, JsonFaults> read_task_definition(std::string_view json);

// A definition as an element of a batch; the document is an array of them.
//
// Errors  malformed_json; invalid_value  no array; batch_too_large  more than limits::kBatchItems
std::expected<std::vector<std::expected<TaskDefinition, JsonFaults>>, JsonFaults>
read_task_definitions(std::string_view json);

// The task changed by a JSON merge patch (RFC 7396).
std::expected<TaskDefinition, JsonFaults> patched_definition(const TaskSnapshot& task,
                                                             std::string_view patch);

// Appends the task as one JSON object.
void append_task_json(std::string& out, const TaskSnapshot& task,
                      std::span<const DefinitionWarning> warnings = {});

// The short form of GET /tasks/{id}/status.
std::string task_status_json(const TaskSnapshot& task);

}  // namespace carillon
