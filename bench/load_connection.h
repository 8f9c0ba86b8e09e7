// Connection: one keep-alive connection of a client, with any number of requests under way. One
// thread; sending blocks, receiving does not.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace carillon::bench {

struct Answer {
  int status = 0;
  std::size_t head_bytes = 0;
  std::size_t body_bytes = 0;

  [[nodiscard]] std::size_t bytes() const { return head_bytes + body_bytes; }
};

class Connection {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Connection(std::uint16_t port);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }

  // Adds to what the next flush sends. Its latency will be counted from that time.
  void put(std::string_view request, Time sent_at);
  void flush();

  // Takes what has arrived.
  void receive();

  // The next answer that has arrived as a whole. Its body is valid until the next receive.
  bool next_answer(Answer& answer, std::string_view& body);

  // The time of the request whose answer came last.
  Time pop_sent_at();

 private:
  int descriptor_;
  std::string outgoing_;
  std::string received_;
  std::size_t taken_ = 0;  // Of received_.
  std::deque<Time> sent_at_;
};

}  // namespace carillon::bench
