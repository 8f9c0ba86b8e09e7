// WorkThread: one thread that does what it is handed, in order. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>

#include "runtime/service/work_queue.h"

namespace carillon {

class WorkThread final : public WorkQueue {
 public:
  // Name: the thread's, at most 15 characters.
  explicit WorkThread(const char* name);
  // Does what is left, then ends.
  ~WorkThread() override;

  void post(Work work) override;

  [[nodiscard]] std::size_t waiting() const;

 private:
  void run(const char* name);

  mutable std::mutex mutex_;
  std::condition_variable bell_;
  std::deque<Work> work_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace carillon
