// Executors' reports as inputs of an engine. Thread-safe.
#pragma once

#include "ports/effect_sink.h"
#include "runtime/engine/intake.h"

namespace carillon {

class AttemptIntake final : public AttemptReports {
 public:
  // The intake must outlive it.
  explicit AttemptIntake(Intake& intake) : intake_(intake) {}

  void progress(const TaskId& task, AttemptProgress progress) override;
  void finished(const TaskId& task, AttemptFinished finished) override;
  void offer(const QueueName& queue, WorkerCredit credit) override;

 private:
  Intake& intake_;
};

}  // namespace carillon
