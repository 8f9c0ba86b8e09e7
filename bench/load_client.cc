#include "load_client.h"

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load_connection.h"

namespace carillon::bench {
namespace {

constexpr int kPatienceMs = 60'000;  // Virtual machines stand still for longer than one thinks.

// One load on its way.
class Offering {
 public:
  Offering(std::uint16_t port, const Load& load) : load_(load), poll_(::epoll_create1(0)) {
    for (std::size_t i = 0; i < load.connections; ++i) {
      connections_.push_back(std::make_unique<Connection>(port));
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
    for (const auto& connection : connections_) send_next(*connection, load_.pipelined);
    std::array<epoll_event, 64> events{};
    while (open_ > 0) {
      const int ready =
          ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), kPatienceMs);
      require(ready > 0, "no answer within a minute");
      for (int i = 0; i < ready; ++i) {
        take(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
      }
    }
    result_.seconds = std::chrono::duration<double>(Steady::now() - began_).count();
    std::ranges::sort(result_.latencies_ns);
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool is_over() const {
    if (load_.requests > 0) return sent_ >= load_.requests;
    return Steady::now() - began_ >= load_.span;
  }

  void send_next(Connection& connection, std::size_t count) {
    for (std::size_t i = 0; i < count && !is_over(); ++i) {
      if (load_.pause.count() > 0 && sent_ > 0) std::this_thread::sleep_for(load_.pause);
      ++sent_;
      ++open_;
      if (load_.next_request) {
        connection.put(load_.next_request(), Steady::now());
      } else {
        connection.put(load_.request, Steady::now());
      }
    }
    connection.flush();
  }

  void take(Connection& connection) {
    connection.receive();
    Answer answer;
    std::string_view body;
    std::size_t taken = 0;
    while (connection.next_answer(answer, body)) {
      ++taken;
      --open_;
      result_.latencies_ns.push_back((Steady::now() - connection.pop_sent_at()).count());
      require(answer.status == load_.expected_status, body.substr(0, kFaultBytes));
      if (load_.on_answer) load_.on_answer(body);
    }
    send_next(connection, taken);
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

void append_arrived(int descriptor, std::string& received, int flags, std::string_view if_closed) {
  constexpr std::size_t kReadBytes = 256 * 1024;
  const std::size_t before = received.size();
  ssize_t got = 0;
  received.resize_and_overwrite(before + kReadBytes, [&](char* buffer, std::size_t) {
    got = ::recv(descriptor, buffer + before, kReadBytes, flags);
    return before + static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  });
  require(got != 0, if_closed);
}

}  // namespace carillon::bench
