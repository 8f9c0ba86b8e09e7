// LoopbackServer: answers TCP connections on 127.0.0.1 by a script, for tests of clients.
//
// One connection at a time, on a thread of its own; the port is the kernel's choice.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "executors/files/unique_fd.h"

namespace carillon::testing {

class LoopbackServer {
 public:
  // The bytes to answer an HTTP request with; empty holds the connection until the server ends, and
  // with `Connection: keep-alive` it goes on to the next request.
  using Answer = std::function<std::string(const std::string& request)>;

  enum class Speaks : std::uint8_t { http, smtp };

  explicit LoopbackServer(Answer answer, Speaks speaks = Speaks::http);
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  ~LoopbackServer();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url(std::string_view path = "/") const;

  // What came in so far, one entry per request or mail.
  [[nodiscard]] std::vector<std::string> requests() const;

 private:
  void serve();
  void serve_http(int connection);
  bool serve_request(int connection);
  void serve_smtp(int connection);
  [[nodiscard]] bool wait_readable(int fd) const;

  const Answer answer_;
  const Speaks speaks_;
  UniqueFd listener_;
  UniqueFd end_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

// `HTTP/1.1 <status>` with a body and further header lines, each ended by CRLF.
std::string http_answer(std::string_view status, std::string_view body,
                        std::string_view headers = {});

}  // namespace carillon::testing
