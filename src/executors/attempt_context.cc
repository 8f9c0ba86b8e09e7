#include "executors/attempt_context.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "executors/cut_text.h"

namespace carillon {
namespace {

constexpr std::size_t kLineBytes = 8 * 1024;
constexpr std::size_t kNoteBytes = 512;

}  // namespace

AttemptContext::AttemptContext(AttemptInput input, AttemptVoice& voice, const Clock& clock,
                               std::shared_ptr<StopSignal> stop)
    : input_(std::move(input)), voice_(voice), clock_(clock), stop_(std::move(stop)) {}

std::string AttemptContext::idempotency_key() const { return to_text(about().attempt.run); }

Duration AttemptContext::time_left() const {
  return std::max(about().deadline - now(), Duration{});
}

void AttemptContext::log(LogStream stream, std::string_view line) {
  voice_.log(stream, cut_text(escape_control(line), kLineBytes));
}

void AttemptContext::progress(std::string_view note) {
  voice_.progress(cut_text(escape_control(note), kNoteBytes));
}

}  // namespace carillon
