#include <string>
#include <utility>

#include "core/command_deduplicator/moves.h"
#include "core/keyed_state.h"
#include "domain/limits.h"

namespace carillon::command_deduplicator {
namespace {

void begin(OpenKey& opened, const KeyedCommand& command) {
  const Instant expires = opened.context.now() + limits::kIdempotencyWindow;
  store_state(opened.context, kCommandSubkey,
              KeptCommand{.id = command.id,
                          .fingerprint = command.fingerprint,
                          .target = command.target,
                          .expires = expires});
  opened.context.send(OperatorName::task_scheduler, command.target, command.type, command.payload);
  opened.context.wake_at(expires);
}

TaskAnswer problem(const CommandId& command, ErrorCode code, std::string message,
                   std::string hint) {
  return {.command = command,
          .problem = std::string(error_info(code).word),
          .message = std::move(message),
          .hint = std::move(hint)};
}

TaskAnswer answer_to_repeat(const KeptCommand& kept, const KeyedCommand& command) {
  if (command.fingerprint != kept.fingerprint) {
    return problem(command.id, ErrorCode::idempotency_key_reused,
                   "The idempotency key was used before with another request.",
                   "Send the first request again unchanged, or choose a new key for this one.");
  }
  if (!kept.answer) {
    return problem(command.id, ErrorCode::request_in_progress,
                   "The first request with this idempotency key is still running.",
                   "Send it again in a moment; it will get the first request's answer.");
  }
  TaskAnswer again = *kept.answer;
  again.command = command.id;
  again.replayed = true;
  return again;
}

}  // namespace

Result<void> keyed_command(OpenKey& opened, const KeyedCommand& command) {
  if (!opened.kept || opened.context.now() >= opened.kept->expires) {
    begin(opened, command);
    return {};
  }
  if (command.id == opened.kept->id) return {};  // The same request, delivered once more.
  tell_answer(opened.context, opened.kept->target, answer_to_repeat(*opened.kept, command));
  return {};
}

}  // namespace carillon::command_deduplicator
