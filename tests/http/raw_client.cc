#include "raw_client.h"

#include <cerrno>
#include <cstdlib>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace carillon::http {

RawClient::RawClient(std::uint16_t port) : RawClient(port, 0) {}

RawClient::RawClient(std::uint16_t port, int receive_buffer_bytes)
    : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  EXPECT_GE(socket_, 0);
  if (receive_buffer_bytes > 0) {
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(int));
  }
  const timeval patience{.tv_sec = 20, .tv_usec = 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) close();
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      buffer_(std::move(other.buffer_)),
      ended_(other.ended_),
      timed_out_(other.timed_out_) {}

RawClient::~RawClient() { close(); }

RawClient RawClient::with_small_receive_buffer(std::uint16_t port) { return {port, 4096}; }

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::optional<RawAnswer> RawClient::read_head_answer() {
  std::size_t end = buffer_.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (!fill()) return std::nullopt;
    end = buffer_.find("\r\n\r\n");
  }
  RawAnswer answer{.head = buffer_.substr(0, end + 2)};
  buffer_.erase(0, end + 4);
  answer.status = std::atoi(answer.head.c_str() + std::string_view("HTTP/1.1 ").size());
  return answer;
}

std::optional<RawAnswer> RawClient::read_answer() {
  auto answer = read_head_answer();
  if (!answer) return std::nullopt;
  constexpr std::string_view kLength = "Content-Length: ";
  if (const std::size_t at = answer->head.find(kLength); at != std::string::npos) {
    const auto length =
        static_cast<std::size_t>(std::atoll(answer->head.c_str() + at + kLength.size()));
    while (buffer_.size() < length) {
      if (!fill()) return std::nullopt;
    }
    answer->body = buffer_.substr(0, length);
    buffer_.erase(0, length);
  } else if (answer->head.contains("Transfer-Encoding: chunked")) {
    for (std::size_t size = 1; size > 0;) {
      while (!buffer_.contains("\r\n")) {
        if (!fill()) return std::nullopt;
      }
      const std::size_t line = buffer_.find("\r\n") + 2;
      size = std::strtoul(buffer_.c_str(), nullptr, 16);
      while (buffer_.size() < line + size + 2) {
        if (!fill()) return std::nullopt;
      }
      answer->body += buffer_.substr(line, size);
      buffer_.erase(0, line + size + 2);
    }
  }
  return answer;
}

std::string RawClient::read_some() {
  if (buffer_.empty()) fill();
  return std::exchange(buffer_, {});
}

std::optional<std::string> RawClient::read_to_end() {
  while (fill()) {
  }
  if (timed_out_) return std::nullopt;
  return std::exchange(buffer_, {});
}

bool RawClient::is_at_end() {
  const auto rest = read_to_end();
  return rest && rest->empty();
}

void RawClient::end_output() { shutdown(socket_, SHUT_WR); }

void RawClient::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void RawClient::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close();
}

bool RawClient::fill() {
  if (ended_ || socket_ < 0) return false;
  std::vector<char> piece(1 << 20);
  const ssize_t count = recv(socket_, piece.data(), piece.size(), 0);
  if (count > 0) {
    buffer_.append(piece.data(), static_cast<std::size_t>(count));
    return true;
  }
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) timed_out_ = true;
  ended_ = true;
  return false;
}

}  // namespace carillon::http
