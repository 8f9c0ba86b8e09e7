#include "api/http/listening/listener.h"

#include <cerrno>
#include <cstring>
#include <expected>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/http/listening/port_owner.h"
#include "base/check.h"

namespace carillon::http {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress socket_address(const ListenAddress& address) {
  SocketAddress out;
  if (address.family == AddressFamily::ipv4) {
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(address.port);
    inet_pton(AF_INET, address.host.c_str(), &ipv4.sin_addr);
    std::memcpy(&out.storage, &ipv4, sizeof(ipv4));
    out.size = sizeof(ipv4);
  } else {
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(address.port);
    inet_pton(AF_INET6, address.host.c_str(), &ipv6.sin6_addr);
    std::memcpy(&out.storage, &ipv6, sizeof(ipv6));
    out.size = sizeof(ipv6);
  }
  return out;
}

std::uint16_t bound_port(int socket) {
  SocketAddress bound;
  if (getsockname(socket, bound.raw(), &bound.size) != 0) return 0;
  // sin_port and sin6_port lie at the same place.
  sockaddr_in ipv4{};
  std::memcpy(&ipv4, &bound.storage, sizeof(ipv4));
  return ntohs(ipv4.sin_port);
}

void set_option(int socket, int level, int option) {
  const int on = 1;
  CARILLON_CHECK(setsockopt(socket, level, option, &on, sizeof(on)) == 0, "setsockopt");
}

enum class Sharing : std::uint8_t { refused, allowed };

// A listening socket, or the errno of the step that failed.
std::expected<OwnedDescriptor, int> open_one(const ListenAddress& address, Sharing sharing) {
  const int family = address.family == AddressFamily::ipv4 ? AF_INET : AF_INET6;
  OwnedDescriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.value() < 0) return std::unexpected(errno);
  set_option(socket.value(), SOL_SOCKET, SO_REUSEADDR);  // A restart need not wait for TIME_WAIT.
  if (family == AF_INET6) set_option(socket.value(), IPPROTO_IPV6, IPV6_V6ONLY);
  if (sharing == Sharing::allowed) set_option(socket.value(), SOL_SOCKET, SO_REUSEPORT);
  SocketAddress raw = socket_address(address);
  if (bind(socket.value(), raw.raw(), raw.size) != 0) return std::unexpected(errno);
  if (::listen(socket.value(), SOMAXCONN) != 0) return std::unexpected(errno);
  return socket;
}

// The next port that is free at this moment; 0 if none is found nearby.
std::uint16_t free_port_after(ListenAddress address) {
  constexpr int kAttempts = 20;
  for (int i = 0; i < kAttempts && address.port < 65535; ++i) {
    ++address.port;
    if (open_one(address, Sharing::refused)) return address.port;
  }
  return 0;
}

std::unexpected<Error> port_taken(const ListenAddress& address) {
  const auto owner = find_port_owner(address.port);
  const std::string holder =
      owner ? fmt::format("{} (process {})", owner->name, owner->pid) : "another process";
  ListenAddress next = address;
  next.port = free_port_after(address);
  return fail(ErrorCode::unavailable, fmt::format("Port {} is taken by {}.", address.port, holder),
              fmt::format("Try --listen {}, or --listen :0 for any free port.", next.text()));
}

std::unexpected<Error> cannot_listen(const ListenAddress& address, int error) {
  if (error == EADDRINUSE) return port_taken(address);
  const bool privileged = error == EACCES && address.port < 1024;
  return fail(ErrorCode::unavailable,
              fmt::format("Cannot listen on {}: {}.", address.text(),
                          std::generic_category().message(error)),
              privileged ? "Ports below 1024 need a privilege; try --listen 127.0.0.1:8080."
                         : "Try --listen 127.0.0.1:8080.");
}

}  // namespace

OwnedDescriptor::OwnedDescriptor(OwnedDescriptor&& other) noexcept : descriptor_(other.release()) {}

OwnedDescriptor& OwnedDescriptor::operator=(OwnedDescriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

OwnedDescriptor::~OwnedDescriptor() {
  if (descriptor_ >= 0) close(descriptor_);
}

int OwnedDescriptor::release() { return std::exchange(descriptor_, -1); }

Result<Listeners> open_listeners(ListenAddress address, unsigned count) {
  CARILLON_CHECK(count > 0, "no listening socket was asked for");
  // With SO_REUSEPORT a second server of the same user would share the port in silence. So the
  // first socket takes it alone, and is opened for sharing with our own only when it is ours.
  std::expected<OwnedDescriptor, int> first = open_one(address, Sharing::refused);
  if (!first) return cannot_listen(address, first.error());
  address.port = bound_port(first->value());
  if (count > 1) set_option(first->value(), SOL_SOCKET, SO_REUSEPORT);

  Listeners listeners{.address = address};
  listeners.sockets.push_back(std::move(*first));
  while (listeners.sockets.size() < count) {
    std::expected<OwnedDescriptor, int> more = open_one(address, Sharing::allowed);
    if (!more) return cannot_listen(address, more.error());
    listeners.sockets.push_back(std::move(*more));
  }
  return listeners;
}

}  // namespace carillon::http
