// ListenAddress: the address and port to listen on, as people type it. Value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace carillon::http {

enum class AddressFamily : std::uint8_t { ipv4, ipv6 };

struct ListenAddress {
  AddressFamily family = AddressFamily::ipv4;
  std::string host = "127.0.0.1";  // A numeric address without brackets.
  std::uint16_t port = 0;          // 0: any free one.

  // True when only this machine can reach it.
  [[nodiscard]] bool is_loopback() const;

  // `127.0.0.1:8080`, `[::1]:8080`.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

// Reads `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` and `:8080`. The last two mean 127.0.0.1:
// who wants every address to listen says 0.0.0.0. Names are not looked up.
//
// Errors  invalid_value  none of these forms; the hint shows one
Result<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace carillon::http
