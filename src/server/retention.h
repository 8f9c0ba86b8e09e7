// Retention: removes what the configuration no longer keeps: old history, output, journal and
// facts, finished tasks. A thread of its own that wakes once an hour.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "ports/clock.h"
#include "ports/engine_store.h"
#include "runtime/engine/intake.h"
#include "runtime/service/retention_pass.h"
#include "server/history.h"
#include "server/log.h"

namespace carillon::server {

class Retention {
 public:
  struct Parts {
    EngineStore& store;
    Intake& intake;
    History& history;
    const Clock& clock;
    Log& log;
    RetentionLimits limits;
  };

  explicit Retention(Parts parts);
  // Ends the thread.
  ~Retention();
  Retention(const Retention&) = delete;
  Retention& operator=(const Retention&) = delete;

 private:
  void run();
  void pass();
  void retire_tasks();
  [[nodiscard]] bool ends_within(std::chrono::nanoseconds rest);

  Parts parts_;
  RetentionPass engine_pass_;
  std::mutex mutex_;
  std::condition_variable bell_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace carillon::server
