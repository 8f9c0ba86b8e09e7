// What a reader of lists needs to know of the views: that they hold what it knows has happened.
#pragma once

#include <chrono>

#include "base/result.h"
#include "domain/id/ids.h"

namespace carillon {

class ViewProgress {
 public:
  ViewProgress() = default;
  ViewProgress(const ViewProgress&) = delete;
  ViewProgress& operator=(const ViewProgress&) = delete;
  virtual ~ViewProgress() = default;

  // Waits until the views hold every fact up to `position`, which is that of a fact, of any topic.
  // Any thread.
  //
  // Errors  timed_out      lists may lack what the caller knows
  //         shutting_down  the views are being closed
  virtual Result<void> wait_for(JournalPosition position, std::chrono::milliseconds timeout) = 0;
};

}  // namespace carillon
