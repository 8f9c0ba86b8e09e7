#include "runtime/engine/pending_commit.h"

#include <utility>

namespace carillon {

void PendingCommit::release(EffectSink& sink) {
  if (!batch.facts.empty()) sink.release(batch.facts);
  for (SettledInput& input : settled) {
    if (input.completion) input.completion(std::move(input.outcome));
  }
}

}  // namespace carillon
