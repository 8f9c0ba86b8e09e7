// AttemptSession: a handler's context together with the voice it speaks through.
//
// Made by the service when an attempt begins, kept alive by the handler.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "domain/record/facts.h"
#include "executors/attempt_context.h"
#include "ports/clock.h"
#include "ports/effect_sink.h"
#include "ports/log_store.h"

namespace carillon {

class TransferEngine;
class TypeRegistry;

// What the service needs; all of it outlives the service.
struct ExecutionPorts {
  const TypeRegistry& types;
  TransferEngine& transfers;  // Its thread carries the http lane.
  AttemptReports& reports;
  LogStore& logs;
  const Clock& clock;
};

// Passes an attempt's words on while `is_running` says so.
class SessionVoice final : public AttemptVoice {
 public:
  SessionVoice(const ExecutionPorts& ports, AttemptId attempt, Fence fence,
               std::function<bool()> is_running);

  void log(LogStream stream, std::string line) override;

  // At most one note per second is passed on, because each becomes a journal record.
  void progress(std::string note) override;

 private:
  const ExecutionPorts& ports_;
  const AttemptId attempt_;
  const Fence fence_;
  const std::function<bool()> is_running_;
  std::atomic<std::int64_t> next_note_ms_{0};
};

// How long the attempt lives, as the service knows it.
struct AttemptLife {
  std::shared_ptr<StopSignal> stop;
  std::function<bool()> is_running;
};

struct AttemptSession {
  AttemptSession(const ExecutionPorts& ports, const AttemptDispatched& dispatched,
                 AttemptInput input, AttemptLife life)
      : voice(ports, dispatched.attempt, dispatched.fence, std::move(life.is_running)),
        context(std::move(input), voice, ports.clock, std::move(life.stop)) {}

  SessionVoice voice;
  AttemptContext context;
};

// The parts of the context: parameters judged, defaults filled in, templates replaced.
//
// Errors  those of TypeRegistry::prepare
Result<AttemptInput> prepare_input(const TypeRegistry& types, const AttemptDispatched& dispatched);

}  // namespace carillon
