#include "api/messages/entity_tag.h"

#include <charconv>
#include <system_error>

#include <fmt/format.h>

#include "base/text.h"

namespace carillon::api {
namespace {

std::optional<TaskVersion> version_in_quotes(std::string_view tag) {
  if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"') return std::nullopt;
  std::uint64_t version = 0;
  const char* end = tag.data() + tag.size() - 1;
  const auto [stop, error] = std::from_chars(tag.data() + 1, end, version);
  if (stop != end || error != std::errc()) return std::nullopt;
  return TaskVersion(version);
}

}  // namespace

std::string entity_tag(TaskVersion version) { return fmt::format("\"{}\"", version.value()); }

Result<std::optional<TaskVersion>> read_if_match(std::string_view header) {
  const std::string_view tag = trimmed(header);
  if (tag == "*") return std::nullopt;
  if (tag.find(',') != std::string_view::npos) {
    return fail(ErrorCode::malformed_request, "If-Match lists several tags.",
                "Send the one ETag of the task that you have read.");
  }
  if (const auto version = version_in_quotes(tag)) return version;
  return fail(ErrorCode::version_mismatch,
              fmt::format("No version of a task has the tag {}.", escape_control(tag)),
              "Send the ETag of the task that you have read, with its quotes.");
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
