#include "start_watch.h"

#include <algorithm>
#include <chrono>
#include <exception>

#include <poll.h>

#include "base/rfc3339.h"
#include "run_times.h"

namespace carillon::bench {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr int kLookMs = 20;  // How soon the thread sees that it shall stop.

std::int64_t wall_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

StartWatch::StartWatch(std::uint16_t port) : stream_(port), thread_([this] { watch(); }) {}

StartWatch::~StartWatch() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

LoadResult StartWatch::take_after(std::size_t count) {
  const auto begin = Steady::now();
  while (starts_ < count) {
    require(!failed_, "The stream of events cannot be followed.");
    require(Steady::now() - begin < kPatience, "runs that should start do not");
    std::this_thread::sleep_for(std::chrono::milliseconds(kLookMs));
  }
  stopping_ = true;
  thread_.join();
  std::ranges::sort(lateness_.latencies_ns);
  return std::move(lateness_);
}

void StartWatch::watch() {
  try {
    while (!stopping_) {
      pollfd waiting{.fd = stream_.descriptor(), .events = POLLIN, .revents = 0};
      if (::poll(&waiting, 1, kLookMs) <= 0) continue;
      stream_.receive([this](std::string_view event) { note(event); });
    }
  } catch (const std::exception&) {
    failed_ = true;
  }
}

void StartWatch::note(std::string_view event) {
  if (!event.contains("event: run.started\n")) return;
  const auto due = parse_rfc3339(json_text(event, "due"));
  require(due.has_value(), "A run that was not due has started.");
  const std::int64_t late = wall_ns() - due->unix_ms() * 1'000'000;
  require(late >= 0, "a run started early");
  lateness_.latencies_ns.push_back(late);
  ++starts_;
}

}  // namespace carillon::bench
