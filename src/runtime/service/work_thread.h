// WorkThread: one thread that does what it is handed, in order. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace carillon {

class WorkThread {
 public:
  using Work = std::move_only_function<void()>;

  // Name: the thread's, at most 15 characters.
  explicit WorkThread(const char* name);
  // Does what is left, then ends.
  ~WorkThread();
  WorkThread(const WorkThread&) = delete;
  WorkThread& operator=(const WorkThread&) = delete;

  // Never blocks longer than a lock. Work must not throw.
  void post(Work work);

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
