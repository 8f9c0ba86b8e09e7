#include "executors/net/address_guard.h"

#include <algorithm>
#include <charconv>
#include <memory>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fmt/format.h>

#include "base/text.h"

namespace carillon {
namespace {

struct Range {
  std::string_view prefix;
  int bits;
  std::string_view why;
};

// IANA special-purpose address registries. Order matters only where ranges nest.
constexpr std::array<Range, 17> kRanges4{{
    {"0.0.0.0", 8, "unspecified"},
    {"10.0.0.0", 8, "private"},
    {"100.64.0.0", 10, "carrier-grade NAT"},
    {"127.0.0.0", 8, "loopback"},
    {"169.254.0.0", 16, "link-local"},
    {"172.16.0.0", 12, "private"},
    {"192.0.0.0", 24, "reserved"},
    {"192.0.2.0", 24, "documentation"},
    {"192.88.99.0", 24, "reserved"},
    {"192.168.0.0", 16, "private"},
    {"198.18.0.0", 15, "benchmarking"},
    {"198.51.100.0", 24, "documentation"},
    {"203.0.113.0", 24, "documentation"},
    {"224.0.0.0", 4, "multicast"},
    {"240.0.0.0", 4, "reserved"},
    {"255.255.255.255", 32, "broadcast"},
    {"168.63.129.16", 32, "cloud metadata"},
}};

// Everything outside 2000::/3 is not global unicast and needs no row.
constexpr std::array<Range, 4> kRanges6{{
    {"2001::", 23, "reserved"},
    {"2001:db8::", 32, "documentation"},
    {"3fff::", 20, "documentation"},
    {"2620:4f:8000::", 48, "reserved"},
}};

bool within(const IpAddress& address, const IpAddress& prefix, int bits) {
  int left = bits;
  for (std::size_t i = 0; i < address.bytes.size() && left > 0; ++i, left -= 8) {
    const auto mask = static_cast<std::uint8_t>(left >= 8 ? 0xFF : 0xFF << (8 - left));
    if ((address.bytes[i] & mask) != (prefix.bytes[i] & mask)) return false;
  }
  return true;
}

bool within(const IpAddress& address, std::string_view prefix, int bits) {
  return within(address, *parse_ip(prefix), bits);
}

IpAddress v4_at(const IpAddress& address, std::size_t offset) {
  return IpAddress::v4(std::span(address.bytes).subspan(offset).first<4>());
}

// The IPv4 address that a packet to this IPv6 address may end up at, for the forms that have one.
std::optional<IpAddress> carried_v4(const IpAddress& address) {
  if (within(address, "::", 96)) return v4_at(address, 12);            // Compatible, ::, ::1.
  if (within(address, "64:ff9b::", 96)) return v4_at(address, 12);     // NAT64.
  if (within(address, "2002::", 16)) return v4_at(address, 2);         // 6to4.
  if (within(address, "::ffff:0:0:0", 96)) return v4_at(address, 12);  // Translated (SIIT).
  return std::nullopt;
}

std::string_view why_not_public_v4(const IpAddress& address) {
  for (const Range& range : kRanges4) {
    if (within(address, range.prefix, 96 + range.bits)) return range.why;
  }
  return {};
}

struct UrlCleanup {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlCleanup>;

// curl's own parser, so that what is judged here is what would be connected to.
Url parse_url(const std::string& text) {
  Url url(curl_url());
  constexpr unsigned kFlags = CURLU_NON_SUPPORT_SCHEME;
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), kFlags) != CURLUE_OK) return {};
  return url;
}

std::optional<std::string> part_of(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return std::nullopt;
  std::string copy(text);
  curl_free(text);
  return copy;
}

std::string plain_host(std::string host) {
  host = lower_ascii(host);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.ends_with('.')) host.pop_back();
  return host;
}

bool is_host_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

}  // namespace

IpAddress IpAddress::v4(std::span<const std::uint8_t, 4> octets) {
  IpAddress address;
  address.bytes[10] = 0xFF;
  address.bytes[11] = 0xFF;
  std::ranges::copy(octets, address.bytes.begin() + 12);
  return address;
}

bool IpAddress::is_v4() const {
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  return std::ranges::equal(std::span(bytes).first<12>(), kMapped);
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  const std::string copy(text);
  std::array<std::uint8_t, 4> octets{};
  if (inet_pton(AF_INET, copy.c_str(), octets.data()) == 1) return IpAddress::v4(octets);
  IpAddress address;
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string to_text(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.is_v4()) {
    inet_ntop(AF_INET, address.bytes.data() + 12, text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
  }
  return text.data();
}

std::string_view why_not_public(const IpAddress& address) {
  if (address.is_v4()) return why_not_public_v4(address);
  if (within(address, "::1", 128)) return "loopback";
  if (within(address, "fe80::", 10)) return "link-local";
  if (within(address, "fc00::", 7)) return "private";
  if (within(address, "ff00::", 8)) return "multicast";
  if (const auto carried = carried_v4(address)) return why_not_public_v4(*carried);
  if (!within(address, "2000::", 3)) return "reserved";
  for (const Range& range : kRanges6) {
    if (within(address, range.prefix, range.bits)) return range.why;
  }
  return {};
}

Result<AddressGuard> AddressGuard::allowing(std::span<const std::string> entries) {
  AddressGuard guard;
  for (const std::string& entry : entries) {
    const std::size_t slash = entry.find('/');
    const auto address = parse_ip(std::string_view(entry).substr(0, slash));
    if (!address && slash == std::string::npos && is_host_name(lower_ascii(entry))) {
      guard.hosts_.push_back(plain_host(entry));
      continue;
    }
    const int width = address && address->is_v4() ? 32 : 128;
    int bits = width;
    if (slash != std::string::npos) {
      const auto [end, error] =
          std::from_chars(entry.data() + slash + 1, entry.data() + entry.size(), bits);
      if (error != std::errc{} || end != entry.data() + entry.size()) bits = -1;
    }
    if (!address || bits < 0 || bits > width) {
      return fail(ErrorCode::invalid_value,
                  fmt::format("{} is no address block and no host name.", entry),
                  "Write 10.1.0.0/16, 2001:db8::/32 or internal.example.");
    }
    guard.blocks_.push_back({.prefix = *address, .bits = 128 - width + bits});
  }
  return guard;
}

Result<void> AddressGuard::check(std::string_view host, const IpAddress& address) const {
  const std::string_view why = why_not_public(address);
  if (why.empty()) return {};
  const std::string plain = plain_host(std::string(host));
  if (std::ranges::find(hosts_, plain) != hosts_.end()) return {};
  for (const Block& block : blocks_) {
    if (within(address, block.prefix, block.bits)) return {};
  }
  return fail(ErrorCode::forbidden,
              fmt::format("{} is at {}, a {} address, which tasks may not reach.", host,
                          to_text(address), why),
              "Name the address block or the host in executors.http.allow to permit it.");
}

Result<void> AddressGuard::check_url(const std::string& text) const {
  // curl would read up to the first NUL.
  const bool is_whole = text.find('\0') == std::string::npos;
  const Url url = is_whole ? parse_url(text) : Url();
  const auto scheme = url ? part_of(url, CURLUPART_SCHEME) : std::nullopt;
  const auto host = host_of(text);
  if (!scheme || !host || text.find("://") == std::string::npos) {
    return fail(ErrorCode::invalid_value, fmt::format("{} is not a URL.", escape_control(text)),
                "Write it in full, for example https://example.com/hook.");
  }
  if (*scheme != "http" && *scheme != "https") {
    return fail(ErrorCode::invalid_value, fmt::format("{} is not http or https.", *scheme),
                "Use an address that begins with https://.");
  }
  if (part_of(url, CURLUPART_USER) || part_of(url, CURLUPART_PASSWORD)) {
    return fail(ErrorCode::invalid_value, "The URL holds a user name or password.",
                "Send credentials in the Authorization header.");
  }
  const auto address = parse_ip(*host);
  return address ? check(*host, *address) : Result<void>{};
}

std::optional<std::string> host_of(const std::string& text) {
  const Url url = parse_url(text);
  if (!url) return std::nullopt;
  auto host = part_of(url, CURLUPART_HOST);
  if (!host || host->empty()) return std::nullopt;
  if (!host->ends_with('.')) return plain_host(std::move(*host));
  // Behind the final dot curl leaves short and octal addresses as they are, which are resolved all
  // the same, so it reads the host again without it.
  const std::string plain = plain_host(std::move(*host));
  if (plain.empty()) return std::nullopt;
  const Url again = parse_url(fmt::format("http://{}/", plain));
  const auto read = again ? part_of(again, CURLUPART_HOST) : std::nullopt;
  return read && !read->ends_with('.') ? plain_host(*read) : plain;
}

}  // namespace carillon
