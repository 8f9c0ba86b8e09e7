#include "executors/thread_lane.h"

#include <chrono>
#include <thread>
#include <utility>

#include "ports/thread_name.h"

namespace carillon {

ThreadLane::ThreadLane(const char* name, std::size_t threads_max, Duration idle_max)
    : name_(name), threads_max_(threads_max), idle_max_(idle_max) {}

ThreadLane::~ThreadLane() {
  std::unique_lock lock(mutex_);
  life_ = Life::closing;
  waiting_.clear();
  work_came_.notify_all();
  thread_ended_.wait(lock, [&] { return threads_ == 0; });
}

void ThreadLane::submit(std::function<void()> work) {
  std::unique_lock lock(mutex_);
  if (life_ == Life::closing) return;
  waiting_.push_back(std::move(work));
  if (waiting_.size() > idle_ && threads_ < threads_max_) {
    ++threads_;
    // Detached, because threads come and go; the destructor counts them down instead of joining.
    std::thread([this] { serve(); }).detach();
  } else {
    // A thread that is woken finds the lock free.
    lock.unlock();
    work_came_.notify_one();
  }
}

void ThreadLane::write_off() {
  const std::scoped_lock lock(mutex_);
  ++threads_max_;
  if (waiting_.empty()) return;
  ++threads_;
  std::thread([this] { serve(); }).detach();
}

void ThreadLane::restore() {
  const std::scoped_lock lock(mutex_);
  --threads_max_;
}

std::size_t ThreadLane::threads() const {
  const std::scoped_lock lock(mutex_);
  return threads_;
}

std::size_t ThreadLane::waiting() const {
  const std::scoped_lock lock(mutex_);
  return waiting_.size();
}

void ThreadLane::serve() {
  name_this_thread(name_);
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    const bool woken = work_came_.wait_for(lock, std::chrono::milliseconds(idle_max_.ms()), [&] {
      return !waiting_.empty() || life_ == Life::closing;
    });
    --idle_;
    if (!woken || waiting_.empty() || threads_ > threads_max_) break;
    const std::function<void()> work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
  --threads_;
  thread_ended_.notify_all();
}

}  // namespace carillon
