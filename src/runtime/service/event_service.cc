#include "runtime/service/event_service.h"

#include <algorithm>
#include <utility>

#include "base/wire.h"
#include "domain/words.h"

namespace carillon {

FlinkEventService::FlinkEventService(Parts parts) : parts_(std::move(parts)) {}

void FlinkEventService::execute(const FactRecord& fact) {
  if (fact.type == FactType::attempt_dispatched) {
    if (auto dispatched = from_wire<AttemptDispatched>(fact.payload)) {
      parts_.executor.start(std::move(*dispatched));
    }
  } else if (fact.type == FactType::attempt_stop_requested) {
    if (auto stop = from_wire<AttemptStopRequested>(fact.payload)) parts_.executor.stop(*stop);
  } else if (fact.type == FactType::queue_opened) {
    if (auto opened = from_wire<QueueOpened>(fact.payload)) {
      parts_.executor.open_queue(opened->queue);
    }
  }
}

void FlinkEventService::tell_notifiers(const FactRecord& fact) {
  auto notification = from_wire<Notification>(fact.payload);
  if (!notification) return;
  parts_.notifying.post([this, note = std::move(*notification)] {
    for (Notifier* notifier : parts_.notifiers) {
      if (!notifier->tell(note)) notifications_failed_.fetch_add(1);
    }
  });
}

void FlinkEventService::release(std::span<const FactRecord> facts) {
  std::uint64_t last = 0;
  for (const FactRecord& fact : facts) {
    if (fact.topic == Topic::task_execution) execute(fact);
    if (fact.topic == Topic::task_events) last = fact.position.value();
    if (fact.topic == Topic::task_notifications) tell_notifiers(fact);
  }
  parts_.views.release(facts);
  if (last > 0) last_task_event_.store(last, std::memory_order_release);
  tell_listeners(facts);
}

void FlinkEventService::tell_listeners(std::span<const FactRecord> facts) {
  std::vector<std::shared_ptr<Listener>> live;
  {
    const std::lock_guard lock(listeners_mutex_);
    listeners_.remove_if([](const std::weak_ptr<Listener>& one) { return one.expired(); });
    for (const auto& one : listeners_) {
      if (auto listener = one.lock()) live.push_back(std::move(listener));
    }
  }
  for (const auto& listener : live) {
    const std::lock_guard lock(listener->mutex);
    for (const FactRecord& fact : facts) {
      if (!listener->call) break;
      if (!listener->call(fact)) listener->call = nullptr;
    }
  }
}

std::shared_ptr<void> FlinkEventService::listen(FactListener listener) {
  auto entry = std::make_shared<Listener>();
  entry->call = std::move(listener);
  {
    const std::lock_guard lock(listeners_mutex_);
    listeners_.push_back(entry);
  }
  // The handle ends the listener under its lock, so that no call is under way afterwards.
  return {entry.get(), [entry](Listener* one) mutable {
            {
              const std::lock_guard lock(one->mutex);
              one->call = nullptr;
            }
            entry.reset();
          }};
}

}  // namespace carillon
