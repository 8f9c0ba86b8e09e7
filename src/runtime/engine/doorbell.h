// Wakes one thread that waits for work. Thread-safe.
//
// A ring before the wait is not lost; many rings before a wait are one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace carillon {

class Doorbell {
 public:
  void ring() {
    {
      const std::lock_guard lock(mutex_);
      if (rung_) return;
      rung_ = true;
    }
    bell_.notify_one();
  }

  // Whether it has rung since the last wait or take.
  bool take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(rung_, false);
  }

  // Returns at the next ring, at once when it has rung since the last wait, or after `limit_ns` of
  // the monotonic clock.
  void wait_for(std::int64_t limit_ns) {
    std::unique_lock lock(mutex_);
    bell_.wait_for(lock, std::chrono::nanoseconds(limit_ns), [this] { return rung_; });
    rung_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable bell_;
  bool rung_ = false;
};

}  // namespace carillon
