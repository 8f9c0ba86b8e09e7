// FlinkEventService: takes every durable fact to those who act on it: executors, views, listeners
// and notifiers. The specification's name; retry decisions themselves are the core's.
//
// release() is called on the committing thread and only hands over, as listeners do.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "ports/attempt_executor.h"
#include "ports/effect_sink.h"
#include "ports/notifier.h"
#include "ports/work_queue.h"
#include "runtime/gateway.h"

namespace carillon {

class FlinkEventService final : public EffectSink {
 public:
  struct Parts {
    AttemptExecutor& executor;
    EffectSink& views;
    std::vector<Notifier*> notifiers;
    WorkQueue& notifying;  // Where notifiers run; must end before the service does.
  };

  explicit FlinkEventService(Parts parts);

  void release(std::span<const FactRecord> facts) override;

  // Calls the listener with every later fact, in order, on the committing thread, until the handle
  // is destroyed or it returns false. After the handle's destruction it is not called any more.
  std::shared_ptr<void> listen(FactListener listener);

  // Position of the last fact on task-events that was released; lists are complete up to it once
  // the views have reached it.
  [[nodiscard]] JournalPosition last_task_event() const {
    return JournalPosition{last_task_event_.load(std::memory_order_acquire)};
  }

  [[nodiscard]] std::uint64_t notifications_failed() const { return notifications_failed_.load(); }

 private:
  struct Listener {
    std::mutex mutex;
    FactListener call;  // Empty when it has ended.
  };

  void execute(const FactRecord& fact);
  void tell_notifiers(const FactRecord& fact);
  void tell_listeners(std::span<const FactRecord> facts);

  Parts parts_;
  std::atomic<std::uint64_t> last_task_event_ = 0;
  std::atomic<std::uint64_t> notifications_failed_ = 0;
  std::mutex listeners_mutex_;
  std::list<std::weak_ptr<Listener>> listeners_;
};

}  // namespace carillon
