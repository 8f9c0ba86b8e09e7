#include "api/messages/entity_tag.h"

#include <charconv>

#include <fmt/format.h>

#include "base/text.h"

namespace carillon::api {

std::string entity_tag(TaskVersion version) { return fmt::format("\"{}\"", version.value()); }

Result<std::optional<TaskVersion>> read_if_match(std::string_view header) {
  const std::string_view tag = trimmed(header);
  if (tag == "*") return std::nullopt;
  if (tag.find(',') != std::string_view::npos) {
    return fail(ErrorCode::malformed_request, "If-Match lists several tags.",
                "Send the one ETag of the task that you have read.");
  }
  std::uint64_t version = 0;
  const bool quoted = tag.size() > 2 && tag.front() == '"' && tag.back() == '"';
  const char* end = tag.data() + tag.size() - 1;
  const bool matches = quoted && std::from_chars(tag.data() + 1, end, version).ptr == end;
  if (!matches) {
    return fail(ErrorCode::version_mismatch,
                fmt::format("No version of a task has the tag {}.", escape_control(tag)),
                "Send the ETag of the task that you have read, with its quotes.");
  }
  return TaskVersion(version);
}

bool none_match_fails(std::string_view header, TaskVersion version) {
  const std::string own = entity_tag(version);
  for (std::string_view tag : split(header, ',')) {
    tag = trimmed(tag);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == "*" || tag == own) return true;
  }
  return false;
}

}  // namespace carillon::api
