// LoadClient: a keep-alive HTTP/1.1 client for one thread, made to cost little, because it shares
// the processors with what it measures. Raw sockets and epoll; answers must carry Content-Length.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::bench {

using Steady = std::chrono::steady_clock;

// Throws std::runtime_error with the text unless the condition holds. A measurement that went wrong
// ends the program through its destructors, so that no server is left behind.
template <std::convertible_to<bool> Condition>
void require(const Condition& holds, std::string_view otherwise) {
  if (!holds) throw std::runtime_error(std::string(otherwise));
}

// A POST of a JSON body, or a GET when the body is empty, as bytes of the wire.
std::string request_bytes(std::string_view target, std::string_view body);

// So much of an answer that is wrong is told.
inline constexpr std::size_t kFaultBytes = 500;

struct Load {
  std::size_t connections = 1;
  std::size_t pipelined = 1;  // Requests outstanding on each connection.
  std::size_t requests = 0;   // In total; 0: until the span is over.
  std::chrono::duration<double> span{0};
  std::chrono::microseconds pause{0};  // Before each request but the first.
  std::string request = {};
  std::function<std::string()> next_request = {};  // In its place, when each is another.
  int expected_status = 200;
  std::function<void(std::string_view body)> on_answer = {};  // May be empty.
};

struct LoadResult {
  double seconds = 0;
  std::vector<std::int64_t> latencies_ns;  // Sorted.

  [[nodiscard]] double per_second() const {
    return static_cast<double>(latencies_ns.size()) / seconds;
  }
  // The latency below which that part of the requests stayed.
  [[nodiscard]] double percentile_ms(double part) const;
};

// Offers the load and returns when every answer is there. Throws the text of an answer
// with another status: a figure of failures is worth nothing.
LoadResult offer_load(std::uint16_t port, const Load& load);

// One request on a connection of its own.
std::string ask_once(std::uint16_t port, std::string_view target, std::string_view body = {});

// A connected TCP socket on loopback; the caller closes it.
int connect_loopback(std::uint16_t port);

// Appends what has arrived, by one call of recv with these flags; nothing if nothing has. Throws
// the text if the other side has closed.
void append_arrived(int descriptor, std::string& received, int flags, std::string_view if_closed);

}  // namespace carillon::bench
