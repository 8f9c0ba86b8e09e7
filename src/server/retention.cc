#include "server/retention.h"

#include <chrono>

#include "ports/thread_name.h"

namespace carillon::server {
namespace {

constexpr std::chrono::hours kPause{1};

}  // namespace

Retention::Retention(Parts parts)
    : parts_(parts),
      engine_pass_({.store = parts.store,
                    .intake = parts.intake,
                    .clock = parts.clock,
                    .limits = parts.limits}),
      thread_([this] {
        name_this_thread("retention");
        run();
      }) {}

Retention::~Retention() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  bell_.notify_one();
  thread_.join();
}

void Retention::run() {
  std::unique_lock lock(mutex_);
  // Not at once: a start has better things to do with the disk.
  while (!bell_.wait_for(lock, kPause, [this] { return ending_; })) {
    lock.unlock();
    pass();
    lock.lock();
  }
}

void Retention::pass() {
  if (auto pruned = parts_.history.prune(parts_.clock.wall(), PruneMode::remove)) {
    if (pruned->runs + pruned->logs > 0) {
      parts_.log.info("retention", {{"runs", std::to_string(pruned->runs)},
                                    {"logs", std::to_string(pruned->logs)}});
    }
  } else {
    parts_.log.warn("retention failed", {{"error", pruned.error().message}});
  }
  for (const auto& done : {engine_pass_.forget_records(), engine_pass_.retire_tasks()}) {
    if (!done) parts_.log.warn("retention failed", {{"error", done.error().message}});
  }
}

}  // namespace carillon::server
