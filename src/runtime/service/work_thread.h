// WorkThread: one thread that does what it is handed, in order. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>

#include "ports/work_queue.h"

namespace carillon {

// Whether work is begun when it comes, or some time later together with what comes meanwhile: a
// thread that is woken for each piece costs those who post it more than the work itself.
enum class WorkPace : std::uint8_t { at_once, gathered };

class WorkThread final : public WorkQueue {
 public:
  // How long gathered work waits.
  static constexpr std::chrono::milliseconds kGather{50};

  // Name: the thread's, at most 15 characters.
  explicit WorkThread(const char* name, WorkPace pace = WorkPace::at_once);
  // Does what is left, then ends.
  ~WorkThread() override;

  void post(Work work) override;

  [[nodiscard]] std::size_t waiting() const;

 private:
  void run(const char* name);

  const WorkPace pace_;
  mutable std::mutex mutex_;
  std::condition_variable bell_;
  std::deque<Work> work_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace carillon
