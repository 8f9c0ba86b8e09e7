#include "pause_watch.h"

#include <algorithm>
#include <chrono>

namespace carillon::bench {
namespace {

constexpr std::chrono::milliseconds kSleep{10};

}  // namespace

PauseWatch::PauseWatch() : thread_([this] { watch(); }) {}

PauseWatch::~PauseWatch() {
  stopping_ = true;
  thread_.join();
}

// By the wall clock: the other one may stand still together with the machine.
void PauseWatch::watch() {
  while (!stopping_) {
    const auto begin = std::chrono::system_clock::now();
    std::this_thread::sleep_for(kSleep);
    const auto over = std::chrono::system_clock::now() - begin - kSleep;
    const std::int64_t over_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(over).count();
    longest_ns_ = std::max(longest_ns_.load(), over_ns);
  }
}

}  // namespace carillon::bench
