#include "executors/stop_signal.h"

#include <chrono>
#include <utility>

namespace carillon {

bool StopSignal::ask(StopRequest request) {
  const std::scoped_lock lock(mutex_);
  if (request_) return false;
  request_ = std::move(request);
  enter(StopStage::asked);
  return true;
}

void StopSignal::force() {
  const std::scoped_lock lock(mutex_);
  if (stage() == StopStage::forced) return;
  if (!request_) request_ = StopRequest{.reason = "forced", .grace = Duration{}};
  enter(StopStage::forced);
}

void StopSignal::enter(StopStage stage) {
  stage_.store(stage, std::memory_order_release);
  changed_.notify_all();
  if (reaction_) reaction_(stage);
}

std::optional<StopRequest> StopSignal::request() const {
  const std::scoped_lock lock(mutex_);
  return request_;
}

bool StopSignal::wait_for(Duration span) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(span.ms()), [&] { return asked(); });
}

void StopSignal::react(Reaction reaction) {
  const std::scoped_lock lock(mutex_);
  reaction_ = std::move(reaction);
  if (asked()) reaction_(stage());
}

void StopSignal::stop_reacting() {
  const std::scoped_lock lock(mutex_);
  reaction_ = nullptr;
}

}  // namespace carillon
