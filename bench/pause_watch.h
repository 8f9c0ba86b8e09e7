// PauseWatch: a thread that only sleeps and looks at the clock, to tell pauses of the machine from
// stalls of what is measured. Virtual machines stand still for seconds at times.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace carillon::bench {

class PauseWatch {
 public:
  PauseWatch();
  ~PauseWatch();
  PauseWatch(const PauseWatch&) = delete;
  PauseWatch& operator=(const PauseWatch&) = delete;

  // By how much one short sleep was longer than asked for, at most, since the last call.
  double take_longest_ms() { return static_cast<double>(longest_ns_.exchange(0)) / 1e6; }

 private:
  void watch();

  std::atomic<std::int64_t> longest_ns_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace carillon::bench
