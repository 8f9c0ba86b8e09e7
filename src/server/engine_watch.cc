#include "server/engine_watch.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace carillon::server {

EngineWatch::EngineWatch(Cause cause, Log& log)
    : cause_(std::move(cause)),
      log_(log),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void EngineWatch::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any bell;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    look();
    bell.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
  }
}

void EngineWatch::look() {
  const std::optional<Error> cause = cause_();
  if (cause && !is_stalled_) {
    log_.error("engine-stalled", {{"error", cause->message}, {"hint", cause->hint}});
  } else if (!cause && is_stalled_) {
    log_.warn("engine-running");
  }
  is_stalled_ = cause.has_value();
}

}  // namespace carillon::server
