// AddressGuard: which addresses and URLs tasks may reach. Pure: it neither resolves nor connects.
//
// A host name proves nothing, because it can resolve to any address and to another one a moment
// later. So the judgement that counts is made on the address a socket is about to connect to; what
// is said of a URL beforehand only gives an early and clear answer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace carillon {

// An address of either family; IPv4 is held in its mapped form ::ffff:a.b.c.d.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
  [[nodiscard]] static IpAddress v4(std::span<const std::uint8_t, 4> octets);
  [[nodiscard]] bool is_v4() const;
};

// `192.0.2.1` or `2001:db8::1`, strictly; no zones, no brackets, no octal or short forms.
std::optional<IpAddress> parse_ip(std::string_view text);
std::string to_text(const IpAddress& address);

// Why an address is not public, in words ("loopback", "private", ...); empty when it is. Forms that
// carry an IPv4 address inside (mapped, compatible, translated, 6to4, NAT64) are judged by that
// address.
std::string_view why_not_public(const IpAddress& address);

class AddressGuard {
 public:
  // Refuses everything that is not public.
  AddressGuard() = default;

  // Entries are CIDR blocks, addresses or host names; see NetworkOptions::allow.
  //
  // Errors  invalid_value  an entry is none of them
  static Result<AddressGuard> allowing(std::span<const std::string> entries);

  // Whether a connection made for `host` may go to the address.
  //
  // Errors  forbidden  the message says what kind of address it is
  [[nodiscard]] Result<void> check(std::string_view host, const IpAddress& address) const;

  // An early look at a URL: http or https, a host, no user part, and no address that check()
  // refuses.
  //
  // Errors  invalid_value, forbidden
  [[nodiscard]] Result<void> check_url(const std::string& url) const;

 private:
  struct Block {
    IpAddress prefix;
    int bits = 128;
  };

  std::vector<Block> blocks_;
  std::vector<std::string> hosts_;
};

// The host of a URL as a connection to it would use it: lower case, without brackets and final dot.
std::optional<std::string> host_of(const std::string& url);

}  // namespace carillon
