#include "core/task_scheduler/supported.h"

#include <string>

#include <fmt/format.h>

#include "domain/words.h"

namespace carillon {
namespace {

Error not_yet(std::string_view field, std::string message, std::string hint) {
  return {.code = ErrorCode::not_yet,
          .message = std::move(message),
          .hint = std::move(hint),
          .column = std::nullopt,
          .pointer = fmt::format("/{}", field)};
}

}  // namespace

Result<void> refuse_unsupported(const TaskDefinition& definition) {
  if (definition.overlap != Overlap::skip) {
    return fail(not_yet(
        "overlap", fmt::format("overlap '{}' is not supported yet.", word_of(definition.overlap)),
        "Use skip: a slot that comes due while a run is active is recorded as skipped."));
  }
  if (definition.misfire != Misfire::run_latest && definition.misfire != Misfire::skip) {
    return fail(not_yet(
        "misfire", fmt::format("misfire '{}' is not supported yet.", word_of(definition.misfire)),
        "Use run_latest or skip."));
  }
  if (!definition.calendars.empty()) {
    return fail(not_yet("calendars", "Calendars are not supported yet.",
                        "Leave calendars out, or exclude days in the cron expression."));
  }
  return {};
}

}  // namespace carillon
