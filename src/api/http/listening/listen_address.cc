#include "api/http/listening/listen_address.h"

#include <array>
#include <charconv>
#include <optional>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace carillon::http {
namespace {

std::unexpected<Error> refused(std::string_view text, std::string_view why) {
  return fail(
      ErrorCode::invalid_value, fmt::format("'{}' is no address to listen on: {}", text, why),
      "Write --listen 127.0.0.1:8080, --listen [::1]:8080 or --listen :0 for any free port.");
}

bool is_numeric(AddressFamily family, const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  const int kind = family == AddressFamily::ipv4 ? AF_INET : AF_INET6;
  return inet_pton(kind, host.c_str(), address.data()) == 1;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return port;
}

}  // namespace

bool ListenAddress::is_loopback() const {
  return family == AddressFamily::ipv4 ? host.starts_with("127.") : host == "::1";
}

std::string ListenAddress::text() const {
  return family == AddressFamily::ipv4 ? fmt::format("{}:{}", host, port)
                                       : fmt::format("[{}]:{}", host, port);
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return refused(text, "the port is missing.");
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return refused(text, "the port must be a number from 0 to 65535.");

  ListenAddress address{.port = *port};
  const std::string_view host = text.substr(0, colon);
  if (host.empty() || host == "localhost") return address;
  if (host.starts_with('[') && host.ends_with(']')) {
    address.family = AddressFamily::ipv6;
    address.host = host.substr(1, host.size() - 2);
  } else {
    address.host = host;
  }
  if (!is_numeric(address.family, address.host)) {
    return refused(text, host.contains(':') && address.family == AddressFamily::ipv4
                             ? "an IPv6 address stands in brackets."
                             : "the part before the port must be a numeric address or localhost.");
  }
  return address;
}

}  // namespace carillon::http
