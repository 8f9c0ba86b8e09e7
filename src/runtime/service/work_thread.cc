#include "runtime/service/work_thread.h"

#include <utility>

#include "ports/thread_name.h"

namespace carillon {

WorkThread::WorkThread(const char* name, WorkPace pace)
    : pace_(pace), thread_([this, name] { run(name); }) {}

WorkThread::~WorkThread() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  bell_.notify_one();
  thread_.join();
}

void WorkThread::post(Work work) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = work_.empty();
    work_.push_back(std::move(work));
  }
  if (was_empty) bell_.notify_one();
}

std::size_t WorkThread::waiting() const {
  const std::lock_guard lock(mutex_);
  return work_.size();
}

void WorkThread::run(const char* name) {
  name_this_thread(name);
  std::deque<Work> taken;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      bell_.wait(lock, [this] { return ending_ || !work_.empty(); });
      if (work_.empty()) return;
      if (pace_ == WorkPace::gathered) bell_.wait_for(lock, kGather, [this] { return ending_; });
      taken.swap(work_);
    }
    for (Work& work : taken) work();
    taken.clear();
  }
}

}  // namespace carillon
