// RawClient: a blocking TCP client that says exactly what a test tells it to, wrong or right.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace carillon::http {

struct RawAnswer {
  int status = 0;
  std::string head;  // Status line and fields.
  std::string body;  // With chunks joined.
};

class RawClient {
 public:
  // Connects to 127.0.0.1. A read that waits 20 s fails the test instead of hanging it.
  explicit RawClient(std::uint16_t port);
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient();

  // Makes the kernel hold as few unread bytes as it can.
  static RawClient with_small_receive_buffer(std::uint16_t port);

  // Whether there was somebody to connect to.
  [[nodiscard]] bool is_connected() const { return socket_ >= 0; }

  // False when the peer has gone.
  bool send(std::string_view bytes);

  // Reads one answer; its body by Content-Length or chunks, none for a HEAD answer.
  std::optional<RawAnswer> read_answer();
  std::optional<RawAnswer> read_head_answer();

  // What one read call returns, at most 1 MiB; empty at the end of the stream.
  std::string read_some();

  // Everything until the peer closes; nullopt if it does not close within the time-out.
  std::optional<std::string> read_to_end();

  // True when the peer has closed and sent nothing more.
  bool is_at_end();

  void end_output();
  void close();
  // Closes with RST, as a process that was killed with unread data does.
  void reset();

 private:
  RawClient(std::uint16_t port, int receive_buffer_bytes);
  bool fill();

  int socket_ = -1;
  std::string buffer_;
  bool ended_ = false;
  bool timed_out_ = false;
};

}  // namespace carillon::http
