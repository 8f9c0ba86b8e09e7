#include "load_client.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace carillon::bench {
namespace {

constexpr std::string_view kLength = "Content-Length: ";
constexpr std::size_t kReadBytes = 64 * 1024;

struct Answer {
  int status = 0;
  std::size_t head_bytes = 0;
  std::size_t body_bytes = 0;
};

// False while the head or the body is not complete.
bool read_answer(std::string_view bytes, Answer& answer) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return false;
  const std::string_view head = bytes.substr(0, end);
  const std::size_t length = head.find(kLength);
  require(length != std::string_view::npos, "an answer without a length");
  const char* const digits = head.data() + length + kLength.size();
  std::from_chars(digits, head.data() + head.size(), answer.body_bytes);
  std::from_chars(bytes.data() + 9, bytes.data() + 12, answer.status);
  answer.head_bytes = end + 4;
  return bytes.size() >= answer.head_bytes + answer.body_bytes;
}

class Connection {
 public:
  Connection(std::uint16_t port, const std::string& request)
      : descriptor_(connect_loopback(port)), request_(request) {}
  ~Connection() { ::close(descriptor_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] Steady::time_point sent_at() const { return sent_at_; }

  void send() {
    received_.clear();
    sent_at_ = Steady::now();
    std::string_view left = request_;
    while (!left.empty()) {
      const ssize_t sent = ::send(descriptor_, left.data(), left.size(), MSG_NOSIGNAL);
      require(sent > 0, "the server closed the connection");
      left.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // Takes what has arrived; true when the answer is complete.
  bool receive(Answer& answer) {
    const std::size_t before = received_.size();
    ssize_t got = 0;
    received_.resize_and_overwrite(before + kReadBytes, [&](char* buffer, std::size_t) {
      got = ::recv(descriptor_, buffer + before, kReadBytes, MSG_DONTWAIT);
      return before + static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    });
    require(got != 0, "the server closed the connection");
    return read_answer(received_, answer);
  }

  [[nodiscard]] std::string_view body(const Answer& answer) const {
    return std::string_view(received_).substr(answer.head_bytes, answer.body_bytes);
  }

 private:
  int descriptor_;
  const std::string& request_;
  std::string received_;
  Steady::time_point sent_at_;
};

// One load on its way.
class Offering {
 public:
  Offering(std::uint16_t port, const Load& load) : load_(load), poll_(::epoll_create1(0)) {
    for (std::size_t i = 0; i < load.connections; ++i) {
      connections_.push_back(std::make_unique<Connection>(port, load.request));
      epoll_event event{.events = EPOLLIN, .data = {.ptr = connections_.back().get()}};
      require(::epoll_ctl(poll_, EPOLL_CTL_ADD, connections_.back()->descriptor(), &event) == 0,
              "epoll refuses a socket");
    }
  }
  ~Offering() { ::close(poll_); }
  Offering(const Offering&) = delete;
  Offering& operator=(const Offering&) = delete;

  LoadResult run() {
    began_ = Steady::now();
    for (const auto& connection : connections_) send_next(*connection);
    std::array<epoll_event, 64> events{};
    while (open_ > 0) {
      const int ready = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 10'000);
      require(ready > 0, "no answer within ten seconds");
      for (int i = 0; i < ready; ++i) {
        take(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
      }
    }
    result_.seconds = std::chrono::duration<double>(Steady::now() - began_).count();
    std::ranges::sort(result_.latencies_ns);
    return std::move(result_);
  }

 private:
  void send_next(Connection& connection) {
    const bool over =
        load_.requests > 0 ? sent_ >= load_.requests : Steady::now() - began_ >= load_.span;
    if (over) return;
    if (load_.pause.count() > 0 && sent_ > 0) std::this_thread::sleep_for(load_.pause);
    ++sent_;
    ++open_;
    connection.send();
  }

  void take(Connection& connection) {
    Answer answer;
    if (!connection.receive(answer)) return;
    --open_;
    result_.latencies_ns.push_back((Steady::now() - connection.sent_at()).count());
    const std::string_view body = connection.body(answer);
    require(answer.status == load_.expected_status, body);
    if (load_.on_answer) load_.on_answer(body);
    send_next(connection);
  }

  const Load& load_;
  int poll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  Steady::time_point began_;
  std::size_t sent_ = 0;
  std::size_t open_ = 0;
  LoadResult result_;
};

}  // namespace

std::string request_bytes(std::string_view target, std::string_view body) {
  if (body.empty()) return fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", target);
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: {}\r\n\r\n{}",
      target, body.size(), body);
}

double LoadResult::percentile_ms(double part) const {
  if (latencies_ns.empty()) return 0;
  const double place = part * static_cast<double>(latencies_ns.size() - 1);
  return static_cast<double>(latencies_ns[static_cast<std::size_t>(place)]) / 1e6;
}

LoadResult offer_load(std::uint16_t port, const Load& load) { return Offering(port, load).run(); }

std::string ask_once(std::uint16_t port, std::string_view target, std::string_view body) {
  std::string answer;
  offer_load(port, {.requests = 1,
                    .request = request_bytes(target, body),
                    .expected_status = body.empty() ? 200 : 201,
                    .on_answer = [&](std::string_view text) { answer = text; }});
  return answer;
}

int connect_loopback(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  require(descriptor >= 0, "There are no more sockets.");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  require(::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
          "the server does not take connections");
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return descriptor;
}

}  // namespace carillon::bench
