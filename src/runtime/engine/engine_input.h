// What is put into an engine from outside, and what its sender learns. Values.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"
#include "base/wire.h"
#include "domain/id/ids.h"
#include "domain/record/envelope.h"
#include "ports/engine_store.h"

namespace carillon {

// What a durable input has caused: its place in the journal and the facts that its chain of records
// emitted on task-responses.
struct Answered {
  JournalPosition position;
  std::vector<FactRecord> answers;
};

// Called exactly once, on the thread that commits, after the commit (or the failure) it speaks of.
// Must not block and must not throw. Captures of up to two pointers cost no allocation.
using Completion = std::move_only_function<void(Result<Answered>)>;

// Which room of the intake an input takes, and what becomes of it when a commit fails.
enum class InputClass : std::uint8_t {
  client,     // Refused when the client room is full; completed with the error of a failed commit.
  droppable,  // A report that may be lost: refused when the reserved room is full.
  kept,       // A report that must arrive: never refused, repeated after a failed commit. What its
              // sender may have outstanding bounds it (places of workers).
};

struct EngineInput {
  OperatorName to = OperatorName::task_scheduler;
  RecordType type = RecordType::due;
  InputClass input_class = InputClass::client;
  Key key;
  Bytes payload;
  Completion completion;  // May be empty.

  [[nodiscard]] std::size_t bytes() const {
    return sizeof(EngineInput) + key.size() + payload.size();
  }
};

}  // namespace carillon
