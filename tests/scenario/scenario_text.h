// The words of scenario files: lines, instants, durations, and task definitions as name=value.
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "domain/task/task_definition.h"

namespace carillon {

// One line that says something. Words are separated by blanks; "double quotes" keep blanks. A word
// that begins with '{' is a JSON document and goes to the end of the line.
struct ScenarioLine {
  std::size_t number = 0;
  std::vector<std::string> words;
};

// The lines of a file without comments (# to the end of the line) and empty lines.
std::vector<ScenarioLine> scenario_lines(std::string_view text);

// `2h`, `1h30m`, `90s`, `500ms`, `3d`.
Result<Duration> parse_span(std::string_view text);

// RFC 3339, or HH:MM or HH:MM:SS on the day (UTC) of `day`.
Result<Instant> parse_moment(std::string_view text, Instant day);

// Sets the fields of a definition by their JSON names, those of schedule, timeouts and retry
// included: `cronExpression="0 0 * * * *" overlap=buffer_all maxRetries=2 attemptMs=5000`.
Result<void> set_field(TaskDefinition& definition, std::string_view name, std::string_view value);

}  // namespace carillon
