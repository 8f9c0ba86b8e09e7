#include "event_stream.h"

#include <algorithm>

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load_client.h"

namespace carillon::bench {
namespace {

constexpr std::string_view kEventEnd = "\n\n";
constexpr std::string_view kFirstComment = "\r\n\r\n:\n\n";

}  // namespace

// HTTP/1.0, so that no chunks cut the events.
EventStream::EventStream(std::uint16_t port, std::string_view topic)
    : descriptor_(connect_loopback(port)) {
  const std::string request =
      fmt::format("GET /api/v1/events/stream?topic={} HTTP/1.0\r\nHost: localhost\r\n\r\n", topic);
  require(::send(descriptor_, request.data(), request.size(), MSG_NOSIGNAL) ==
              static_cast<ssize_t>(request.size()),
          "the server takes no request");
  std::size_t at = std::string::npos;
  while (at == std::string::npos) {
    append_arrived(0);
    at = received_.find(kFirstComment);
  }
  require(received_.starts_with("HTTP/1.1 200") || received_.starts_with("HTTP/1.0 200"),
          received_);
  received_.erase(0, at + kFirstComment.size());
}

EventStream::~EventStream() { ::close(descriptor_); }

void EventStream::receive(const OnEvent& on_event) {
  append_arrived(MSG_DONTWAIT);
  std::size_t begin = 0;
  for (std::size_t end = received_.find(kEventEnd); end != std::string::npos;
       end = received_.find(kEventEnd, begin)) {
    on_event(std::string_view(received_).substr(begin, end - begin));
    begin = end + kEventEnd.size();
  }
  received_.erase(0, begin);
}

void EventStream::append_arrived(int flags) {
  bench::append_arrived(descriptor_, received_, flags, "the server ended a stream");
}

}  // namespace carillon::bench
