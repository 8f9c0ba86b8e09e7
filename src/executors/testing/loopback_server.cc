#include "executors/testing/loopback_server.h"

#include <array>
#include <charconv>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "base/check.h"
#include "base/text.h"

namespace carillon::testing {
namespace {

void send_all(int connection, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

// Whether the text is a whole request by its Content-Length.
bool is_whole(const std::string& text) {
  const std::size_t head = text.find("\r\n\r\n");
  if (head == std::string::npos) return false;
  const std::size_t field = lower_ascii(text).find("content-length: ");
  std::size_t length = 0;
  if (field != std::string::npos && field < head) {
    std::from_chars(text.data() + field + 16, text.data() + head, length);
  }
  return text.size() >= head + 4 + length;
}

}  // namespace

LoopbackServer::LoopbackServer(Answer answer, Speaks speaks)
    : answer_(std::move(answer)),
      speaks_(speaks),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      end_(eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  CARILLON_CHECK(bind(listener_.get(), raw, length) == 0 && listen(listener_.get(), 16) == 0 &&
                 getsockname(listener_.get(), raw, &length) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() {
  eventfd_write(end_.get(), 1);
  thread_.join();
}

std::string LoopbackServer::url(std::string_view path) const {
  return fmt::format("http://127.0.0.1:{}{}", port_, path);
}

std::vector<std::string> LoopbackServer::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

bool LoopbackServer::wait_readable(int fd) const {
  std::array<pollfd, 2> watched{{{.fd = fd, .events = POLLIN, .revents = 0},
                                 {.fd = end_.get(), .events = POLLIN, .revents = 0}}};
  poll(watched.data(), watched.size(), -1);
  return watched[1].revents == 0;
}

void LoopbackServer::serve() {
  while (wait_readable(listener_.get())) {
    const UniqueFd connection(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection.is_open()) continue;
    if (speaks_ == Speaks::http) {
      serve_http(connection.get());
    } else {
      serve_smtp(connection.get());
    }
  }
}

void LoopbackServer::serve_http(int connection) {
  while (serve_request(connection)) {
  }
}

bool LoopbackServer::serve_request(int connection) {
  std::string request;
  std::array<char, 4096> chunk{};
  while (!is_whole(request)) {
    if (!wait_readable(connection)) return false;
    const ssize_t count = recv(connection, chunk.data(), chunk.size(), 0);
    if (count <= 0) return false;
    request.append(chunk.data(), static_cast<std::size_t>(count));
  }
  {
    const std::scoped_lock lock(mutex_);
    requests_.push_back(request);
  }
  const std::string answer = answer_(request);
  if (!answer.empty()) {
    send_all(connection, answer);
    return answer.find("Connection: keep-alive") != std::string::npos;
  }
  // Until the client has gone or the test is over.
  while (wait_readable(connection) && recv(connection, chunk.data(), chunk.size(), 0) > 0) {
  }
  return false;
}

void LoopbackServer::serve_smtp(int connection) {
  std::string lines;
  std::string mail;
  enum class At { commands, data } at = At::commands;
  std::array<char, 4096> chunk{};
  send_all(connection, "220 loopback\r\n");
  while (wait_readable(connection)) {
    const ssize_t count = recv(connection, chunk.data(), chunk.size(), 0);
    if (count <= 0) return;
    lines.append(chunk.data(), static_cast<std::size_t>(count));
    for (std::size_t end = lines.find("\r\n"); end != std::string::npos; end = lines.find("\r\n")) {
      const std::string line = lines.substr(0, end);
      lines.erase(0, end + 2);
      mail += line + "\n";
      if (at == At::data && line != ".") continue;
      if (at == At::data) {
        const std::scoped_lock lock(mutex_);
        requests_.push_back(std::exchange(mail, {}));
      }
      at = line == "DATA" ? At::data : At::commands;
      send_all(connection, at == At::data ? "354 go on\r\n" : "250 ok\r\n");
    }
  }
}

std::string http_answer(std::string_view status, std::string_view body, std::string_view headers) {
  return fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\nConnection: close\r\n{}\r\n{}", status,
                     body.size(), headers, body);
}

}  // namespace carillon::testing
