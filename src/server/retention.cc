#include "server/retention.h"

#include <chrono>

#include "ports/thread_name.h"

namespace carillon::server {
namespace {

constexpr std::chrono::hours kPause{1};

// Between two portions of tasks, so that clients have most of the engine meanwhile.
constexpr std::chrono::milliseconds kRest{100};

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
  // Not at once: a start has better things to do with the disk.
  while (!ends_within(kPause)) pass();
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
  if (auto done = engine_pass_.forget_records(); !done) {
    parts_.log.warn("retention failed", {{"error", done.error().message}});
  }
  retire_tasks();
}

void Retention::retire_tasks() {
  std::size_t tasks = 0;
  while (true) {
    const auto done = engine_pass_.retire_tasks();
    if (!done) return parts_.log.warn("retention failed", {{"error", done.error().message}});
    tasks += done->tasks;
    if (!done->more || ends_within(kRest)) break;
  }
  if (tasks > 0) parts_.log.info("retention", {{"tasks", std::to_string(tasks)}});
}

bool Retention::ends_within(std::chrono::nanoseconds rest) {
  std::unique_lock lock(mutex_);
  return bell_.wait_for(lock, rest, [this] { return ending_; });
}

}  // namespace carillon::server
