// Where released effects go: executors, live streams, views, notifiers.
//
// Port: runtime and tests/sim implement it. Called on the committing thread, after the commit that
// caused the effect is durable, in commit order. Must not block: hand over and return.
#pragma once

#include <span>

#include "domain/record/facts.h"
#include "domain/record/queue_records.h"
#include "ports/engine_store.h"

namespace carillon {

class EffectSink {
 public:
  EffectSink() = default;
  EffectSink(const EffectSink&) = delete;
  EffectSink& operator=(const EffectSink&) = delete;
  virtual ~EffectSink() = default;

  // Facts of one durable commit, in the order they were emitted, all topics.
  virtual void release(std::span<const FactRecord> facts) = 0;
};

// What an executor tells the engine about its attempts.
//
// Port: runtime implements it for executors. Any thread. Delivery is at least once; the core drops
// what it has seen by the fence.
class AttemptReports {
 public:
  AttemptReports() = default;
  AttemptReports(const AttemptReports&) = delete;
  AttemptReports& operator=(const AttemptReports&) = delete;
  virtual ~AttemptReports() = default;

  // A sign of life, with optional progress in words. May be dropped under load.
  virtual void progress(const TaskId& task, AttemptProgress progress) = 0;

  // The attempt has ended. Kept and repeated until the engine has stored it.
  virtual void finished(const TaskId& task, AttemptFinished finished) = 0;

  // What this worker now offers a queue.
  virtual void offer(const QueueName& queue, WorkerCredit credit) = 0;
};

}  // namespace carillon
