#include "fan_out.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load_client.h"

namespace carillon::bench {
namespace {

struct Descriptor {
  explicit Descriptor(int opened) : number(opened) {
    require(opened >= 0, "There are no more sockets.");
  }
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(Descriptor&& from) noexcept : number(std::exchange(from.number, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;

  int number;
};

struct Pairs {
  std::vector<Descriptor> writers;
  std::vector<Descriptor> readers;
};

Pairs connect_pairs(std::size_t count) {
  const Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  require(::bind(listener.number, generic, size) == 0 &&
              ::listen(listener.number, SOMAXCONN) == 0 &&
              ::getsockname(listener.number, generic, &size) == 0,
          "a socket cannot listen");
  Pairs pairs;
  for (std::size_t i = 0; i < count; ++i) {
    pairs.readers.emplace_back(connect_loopback(ntohs(address.sin_port)));
    pairs.writers.emplace_back(::accept4(listener.number, nullptr, nullptr, SOCK_CLOEXEC));
  }
  return pairs;
}

void write_all(const std::vector<Descriptor>& writers, std::size_t bytes_each,
               std::size_t piece_bytes) {
  const std::string piece(piece_bytes, 'p');
  for (std::size_t written = 0; written < bytes_each; written += piece_bytes) {
    for (const Descriptor& writer : writers) {
      for (std::size_t at = 0; at < piece_bytes;) {
        const ssize_t sent =
            ::send(writer.number, piece.data() + at, piece_bytes - at, MSG_NOSIGNAL);
        if (sent <= 0) return;  // The reader sees that too little comes.
        at += static_cast<std::size_t>(sent);
      }
    }
  }
  for (const Descriptor& writer : writers) ::shutdown(writer.number, SHUT_WR);
}

std::size_t read_all(const std::vector<Descriptor>& readers) {
  const Descriptor poll(::epoll_create1(EPOLL_CLOEXEC));
  for (const Descriptor& reader : readers) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = reader.number}};
    require(::epoll_ctl(poll.number, EPOLL_CTL_ADD, reader.number, &event) == 0,
            "epoll refuses a socket");
  }
  std::string buffer(256 * 1024, '\0');
  std::array<epoll_event, 64> events{};
  std::size_t bytes = 0;
  for (std::size_t open = readers.size(); open > 0;) {
    const int ready =
        ::epoll_wait(poll.number, events.data(), static_cast<int>(events.size()), 10'000);
    require(ready > 0, "the bytes of the fan-out do not arrive");
    for (int i = 0; i < ready; ++i) {
      const int reader = events[static_cast<std::size_t>(i)].data.fd;
      const ssize_t got = ::recv(reader, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (got > 0) bytes += static_cast<std::size_t>(got);
      if (got != 0) continue;
      ::epoll_ctl(poll.number, EPOLL_CTL_DEL, reader, nullptr);
      --open;
    }
  }
  return bytes;
}

}  // namespace

double fan_out_bytes_per_second(std::size_t clients, std::size_t bytes_each,
                                std::size_t piece_bytes) {
  const Pairs pairs = connect_pairs(clients);
  const auto begin = Steady::now();
  std::size_t bytes = 0;
  {
    const std::jthread writer([&] { write_all(pairs.writers, bytes_each, piece_bytes); });
    bytes = read_all(pairs.readers);
  }
  require(bytes >= clients * bytes_each, "bytes of the fan-out are missing");
  return static_cast<double>(bytes) / std::chrono::duration<double>(Steady::now() - begin).count();
}

}  // namespace carillon::bench
