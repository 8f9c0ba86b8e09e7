// Where dispatched attempts go to be run.
//
// Port: the executors implement it, tests script it. Called on the committing thread in commit
// order, after the commit is durable. Must not block: hand over and return.
#pragma once

#include "domain/record/facts.h"

namespace carillon {

class AttemptExecutor {
 public:
  AttemptExecutor() = default;
  AttemptExecutor(const AttemptExecutor&) = delete;
  AttemptExecutor& operator=(const AttemptExecutor&) = delete;
  virtual ~AttemptExecutor() = default;

  // The attempt runs from now on. One addressed to another worker or epoch is ignored.
  virtual void start(AttemptDispatched dispatched) = 0;

  // It must end. If its handler has not begun when this returns, it never begins.
  virtual void stop(const AttemptStopRequested& request) = 0;

  // A queue was used for the first time: offer it places.
  virtual void open_queue(const QueueName& queue) = 0;
};

}  // namespace carillon
