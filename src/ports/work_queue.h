// A place for work that must not hold up the thread that causes it: a server does it on a thread of
// its own (runtime/service/work_thread.h) or on that of a connection (api/http/io_thread.h), a
// simulation when its time has come.
//
// Thread-safe wherever the work can come from several threads.
#pragma once

#include <functional>

namespace carillon {

class WorkQueue {
 public:
  using Work = std::move_only_function<void()>;

  WorkQueue() = default;
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;
  virtual ~WorkQueue() = default;

  // Takes work to be done once, after all that was posted before; a place that ends destroys what
  // it has not done. Never blocks longer than a lock. Work must not throw.
  virtual void post(Work work) = 0;
};

}  // namespace carillon
