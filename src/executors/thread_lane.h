// ThreadLane: a bounded set of threads that run work in the order it came.
//
// Threads are made when work waits and end when they have been idle for a while. Any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

#include "base/instant.h"

namespace carillon {

class ThreadLane {
 public:
  // Name: of its threads, at most 15 characters; a literal.
  ThreadLane(const char* name, std::size_t threads_max, Duration idle_max = Duration::seconds(10));
  ThreadLane(const ThreadLane&) = delete;
  ThreadLane& operator=(const ThreadLane&) = delete;

  // Drops what waits and waits for what runs.
  ~ThreadLane();

  // Requires  the work does not throw
  void submit(std::function<void()> work);

  // One thread is stuck in work that will not end soon: another may take its place.
  void write_off();

  // That work has ended after all.
  void restore();

  [[nodiscard]] std::size_t threads() const;
  [[nodiscard]] std::size_t waiting() const;

 private:
  void serve();

  mutable std::mutex mutex_;
  std::condition_variable work_came_;
  std::condition_variable thread_ended_;
  std::deque<std::function<void()>> waiting_;
  const char* const name_;
  std::size_t threads_max_;
  Duration idle_max_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
  enum class Life { open, closing } life_ = Life::open;
};

}  // namespace carillon
