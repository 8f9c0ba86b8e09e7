#include "runtime/engine/attempt_intake.h"

#include <utility>

namespace carillon {

namespace {

EngineInput task_report(const TaskId& task, RecordType type, InputClass input_class,
                        Bytes payload) {
  return {.to = OperatorName::task_scheduler,
          .type = type,
          .input_class = input_class,
          .key = Key(task.value().raw()),
          .payload = std::move(payload),
          .completion = {}};
}

}  // namespace

// A refusal of any of these is final: a lost sign of life is allowed, and a server that is shutting
// down declares its attempts lost at the next start.

void AttemptIntake::progress(const TaskId& task, AttemptProgress progress) {
  (void)intake_.submit(
      task_report(task, RecordType::attempt_progress, InputClass::droppable, to_wire(progress)));
}

void AttemptIntake::finished(const TaskId& task, AttemptFinished finished) {
  (void)intake_.submit(
      task_report(task, RecordType::attempt_finished, InputClass::kept, to_wire(finished)));
}

void AttemptIntake::offer(const QueueName& queue, WorkerCredit credit) {
  (void)intake_.submit({.to = OperatorName::queue_dispatcher,
                        .type = RecordType::worker_credit,
                        .input_class = InputClass::kept,
                        .key = queue.value(),
                        .payload = to_wire(credit),
                        .completion = {}});
}

}  // namespace carillon
