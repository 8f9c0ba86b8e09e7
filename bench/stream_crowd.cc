#include "stream_crowd.h"

#include <array>
#include <chrono>
#include <exception>
#include <functional>
#include <utility>

#include <sys/epoll.h>
#include <unistd.h>

#include "run_times.h"

namespace carillon::bench {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr int kLookMs = 5;  // How soon the thread sees that it shall stop.

}  // namespace

StreamCrowd::StreamCrowd(std::uint16_t port, std::size_t clients) {
  for (std::size_t i = 0; i < clients; ++i) {
    streams_.push_back(std::make_unique<EventStream>(port));
  }
  thread_ = std::thread([this] { follow(); });
}

StreamCrowd::~StreamCrowd() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

std::vector<StreamCrowd::Arrival> StreamCrowd::take(std::size_t tasks) {
  const auto begin = Steady::now();
  while (count_ < tasks * streams_.size()) {
    require(!failed_, "a stream of events cannot be followed");
    require(Steady::now() - begin < kPatience, "events do not arrive");
    std::this_thread::sleep_for(std::chrono::milliseconds(kLookMs));
  }
  stopping_ = true;
  thread_.join();
  return std::move(arrivals_);
}

std::size_t StreamCrowd::task_hash(std::string_view id) {
  return std::hash<std::string_view>{}(id);
}

void StreamCrowd::follow() {
  const int poll = ::epoll_create1(0);
  for (const auto& stream : streams_) {
    epoll_event event{.events = EPOLLIN, .data = {.ptr = stream.get()}};
    failed_ = failed_ || ::epoll_ctl(poll, EPOLL_CTL_ADD, stream->descriptor(), &event) != 0;
  }
  const auto on_event = [this](std::string_view event) {
    if (!event.contains("event: task.created\n")) return;
    arrivals_.push_back({.task = task_hash(json_text(event, "task")), .at = Steady::now()});
    bytes_ += event.size();
    ++count_;
  };
  std::array<epoll_event, 64> events{};
  try {
    while (!stopping_) {
      const int ready = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), kLookMs);
      for (int i = 0; i < ready; ++i) {
        static_cast<EventStream*>(events[static_cast<std::size_t>(i)].data.ptr)->receive(on_event);
      }
    }
  } catch (const std::exception&) {
    failed_ = true;
  }
  ::close(poll);
}

}  // namespace carillon::bench
