#include "core/command_deduplicator/moves.h"
#include "core/keyed_state.h"

namespace carillon::command_deduplicator {
namespace {

// A refusal because the server was busy says nothing about the request; the next try shall count.
bool is_passing_problem(const TaskAnswer& answer) {
  if (!answer.problem) return false;
  const auto code = error_code_from_word(*answer.problem);
  if (!code) return false;
  const ErrorInfo& info = error_info(*code);
  return info.retryable && info.fault == Fault::server;
}

}  // namespace

Result<void> command_answered(OpenKey& opened, const CommandAnswered& answered) {
  if (!opened.kept || opened.kept->answer) return {};
  if (answered.answer.command != opened.kept->id) return {};
  tell_answer(opened.context, opened.kept->target, answered.answer);
  if (is_passing_problem(answered.answer)) {
    opened.context.erase(kCommandSubkey);
    opened.context.wake_at(std::nullopt);
    return {};
  }
  opened.kept->answer = answered.answer;
  store_state(opened.context, kCommandSubkey, *opened.kept);
  return {};
}

}  // namespace carillon::command_deduplicator
