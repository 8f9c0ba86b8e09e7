// Who is told when something happens that a person should know.
//
// Port: executors (webhook, e-mail) and the log implement it. Called on a thread of the event
// service's own, at least once per notification; may take its time, bounded by its own time-outs.
#pragma once

#include "base/result.h"
#include "domain/record/facts.h"

namespace carillon {

class Notifier {
 public:
  Notifier() = default;
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;
  virtual ~Notifier() = default;

  // Errors  unavailable, timed_out  it may not have arrived; a repeat is safe
  virtual Result<void> tell(const Notification& notification) = 0;
};

}  // namespace carillon
