#include "load_connection.h"

#include <algorithm>
#include <charconv>

#include <sys/socket.h>
#include <unistd.h>

#include "load_client.h"

namespace carillon::bench {
namespace {

constexpr std::string_view kLength = "Content-Length: ";
constexpr int kNoContent = 204;

// False while the head or the body is not complete.
bool read_answer(std::string_view bytes, Answer& answer) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return false;
  const std::string_view head = bytes.substr(0, end);
  const std::size_t length = head.find(kLength);
  std::from_chars(bytes.data() + 9, bytes.data() + 12, answer.status);
  answer.body_bytes = 0;
  if (length != std::string_view::npos) {
    const char* const digits = head.data() + length + kLength.size();
    std::from_chars(digits, head.data() + head.size(), answer.body_bytes);
  } else {
    require(answer.status == kNoContent, "an answer without a length");
  }
  answer.head_bytes = end + 4;
  return bytes.size() >= answer.bytes();
}

}  // namespace

Connection::Connection(std::uint16_t port) : descriptor_(connect_loopback(port)) {}

Connection::~Connection() { ::close(descriptor_); }

void Connection::put(std::string_view request, Time sent_at) {
  outgoing_ += request;
  sent_at_.push_back(sent_at);
}

void Connection::flush() {
  std::string_view left = outgoing_;
  while (!left.empty()) {
    const ssize_t sent = ::send(descriptor_, left.data(), left.size(), MSG_NOSIGNAL);
    require(sent > 0, "the server closed the connection");
    left.remove_prefix(static_cast<std::size_t>(sent));
  }
  outgoing_.clear();
}

void Connection::receive() {
  received_.erase(0, taken_);
  taken_ = 0;
  append_arrived(descriptor_, received_, MSG_DONTWAIT, "the server closed the connection");
}

bool Connection::next_answer(Answer& answer, std::string_view& body) {
  const std::string_view left = std::string_view(received_).substr(taken_);
  if (!read_answer(left, answer)) return false;
  body = left.substr(answer.head_bytes, answer.body_bytes);
  taken_ += answer.bytes();
  return true;
}

Connection::Time Connection::pop_sent_at() {
  const Time sent_at = sent_at_.front();
  sent_at_.pop_front();
  return sent_at;
}

}  // namespace carillon::bench
