#include "executors/ending_report.h"

#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "domain/limits.h"
#include "executors/cut_text.h"
#include "executors/json_text_of.h"

namespace carillon {
namespace {

std::string tidy_message(std::string message) {
  if (!is_utf8(message)) message = escape_control(message);
  return cut_text(std::move(message), limits::kErrorBytes);
}

AttemptFinished failure(Fence fence, FinishKind kind, std::string code, std::string message) {
  return AttemptFinished{.fence = fence,
                         .kind = kind,
                         .outcome = Outcome{.result = JsonText{},
                                            .error_code = std::move(code),
                                            .error_message = tidy_message(std::move(message))}};
}

AttemptFinished report(Fence fence, Completed done) {
  std::string json = cut_json(json_text_of(done.result), limits::kResultBytes);
  return AttemptFinished{.fence = fence,
                         .kind = FinishKind::completed,
                         .outcome = Outcome{.result = JsonText(std::move(json))}};
}

AttemptFinished report(Fence fence, Failed failed) {
  const FinishKind kind =
      failed.repeat == Repeat::may_help ? FinishKind::failed : FinishKind::failed_for_good;
  return failure(fence, kind, std::move(failed.code), std::move(failed.message));
}

AttemptFinished report(Fence fence, Cancelled cancelled) {
  return failure(fence, FinishKind::cancelled, "cancelled", std::move(cancelled.reason));
}

std::string sentence_of(const Error& error) {
  return error.hint.empty() ? error.message : fmt::format("{} {}", error.message, error.hint);
}

}  // namespace

std::optional<AttemptFinished> report_of(Fence fence, AttemptEnding ending,
                                         const std::optional<StopRequest>& stop) {
  // A handler that finished its work before it noticed the stop has finished its work.
  if (stop && !std::holds_alternative<Completed>(ending)) {
    switch (stop->cause) {
      case StopCause::shutdown:
        return std::nullopt;
      case StopCause::deadline:
        return failure(fence, FinishKind::failed, "timed-out", stop->reason);
      case StopCause::requested:
        return failure(fence, FinishKind::cancelled, "cancelled", stop->reason);
    }
  }
  return std::visit([&](auto&& kind) { return report(fence, std::forward<decltype(kind)>(kind)); },
                    std::move(ending));
}

AttemptEnding ending_of(const Error& error) {
  const bool unknown = error.code == ErrorCode::unknown_task_type;
  return Failed{.code = unknown ? "unknown-task-type" : "invalid-parameters",
                .message = sentence_of(error),
                .repeat = Repeat::useless};
}

Failed failure_of(const Error& error) {
  const ErrorInfo& info = error_info(error.code);
  const bool may_help = info.retryable || error.code == ErrorCode::not_found;
  return Failed{.code = std::string(info.word),
                .message = sentence_of(error),
                .repeat = may_help ? Repeat::may_help : Repeat::useless};
}

}  // namespace carillon
