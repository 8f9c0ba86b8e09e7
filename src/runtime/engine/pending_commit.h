// One batch on its way to the store, with what to do when it is durable. Value; moves between the
// engine's thread and the committing one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "ports/effect_sink.h"
#include "ports/engine_store.h"
#include "runtime/engine/engine_input.h"

namespace carillon {

// An input whose chain of records has ended, with its answer.
struct SettledInput {
  Completion completion;
  Result<Answered> outcome;
  InputClass input_class = InputClass::client;
  std::size_t journal_index = 0;  // Of its own record in the batch, unless an earlier batch has it:
  std::unique_ptr<EngineInput> repeat;  // then what to repeat, should it be of class `kept`.
};

struct PendingCommit {
  EngineBatch batch;
  std::vector<SettledInput> settled;

  // Hands out what the batch has caused: facts first, so that an executor knows of a cancel before
  // the caller is told of it, then answers.
  //
  // Requires  the batch is durable; called once, in the order of the batches
  void release(EffectSink& sink);
};

}  // namespace carillon
