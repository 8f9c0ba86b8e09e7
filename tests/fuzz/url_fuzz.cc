// Any text as the URL of a task: what the guard lets pass is http or https to a host that is a name
// or, however it is spelled, a public address; addresses have one reading and are judged in all
// their forms.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/check.h"
#include "base/text.h"
#include "executors/net/address_guard.h"
#include "executors/net/http_exchange.h"

namespace {

using namespace carillon;

using Addresses = std::unique_ptr<addrinfo, decltype([](addrinfo* list) { freeaddrinfo(list); })>;

IpAddress address_of(const addrinfo& found) {
  IpAddress address;
  if (found.ai_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, found.ai_addr, sizeof(v6));
    std::memcpy(address.bytes.data(), &v6.sin6_addr, address.bytes.size());
    return address;
  }
  sockaddr_in v4{};
  std::memcpy(&v4, found.ai_addr, sizeof(v4));
  std::array<std::uint8_t, 4> octets{};
  std::memcpy(octets.data(), &v4.sin_addr, octets.size());
  return IpAddress::v4(octets);
}

// What the system takes for a numeric address, in whatever spelling, is one that may be reached.
// Nothing is looked up.
void check_numeric(const std::string& host) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return;
  const Addresses found(list);
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    CARILLON_CHECK(why_not_public(address_of(*one)).empty(), host);
  }
}

void check_url(const std::string& url) {
  const AddressGuard guard;
  const auto checked = guard.check_url(url);
  if (!checked) {
    const Error& error = checked.error();
    CARILLON_CHECK(escape_control(error.message) == error.message, "a fault is one line");
    CARILLON_CHECK(!error.hint.empty(), "with a hint");
    return;
  }
  const auto host = host_of(url);
  CARILLON_CHECK(host && !host->empty(), "a URL that may be used has a host");
  CARILLON_CHECK(lower_ascii(url).starts_with("http"), "and is http or https");
  check_numeric(*host);
}

void check_address(std::string_view text) {
  const auto address = parse_ip(text);
  if (!address) return;
  const auto again = parse_ip(to_text(*address));
  CARILLON_CHECK(again && *again == *address, "an address is written and read");
  const std::string_view why = why_not_public(*address);
  if (!address->is_v4()) return;
  // The same address in the forms that carry it is no more public than itself.
  for (const char* form : {"::ffff:", "64:ff9b::", "::ffff:0:"}) {
    const auto carried = parse_ip(form + to_text(*address));
    CARILLON_CHECK(carried && why_not_public(*carried) == why, "it is judged by what it carries");
  }
}

// A redirect keeps credentials only within its origin.
void check_hop(const std::string& url) {
  const TransferRequest request{.method = "POST",
                                .url = "https://example.com/a",
                                .headers = {{"Authorization", "x"}, {"Content-Type", "y"}},
                                .body = "z"};
  const auto next = next_hop(request, {.status = 302, .redirect_url = url});
  if (!next) return;
  CARILLON_CHECK(next->method == "GET" && next->body.empty(), "a post that moves becomes a get");
  for (const auto& [name, value] : next->headers) {
    const bool is_kept = host_of(next->url) == host_of(request.url);
    CARILLON_CHECK(name != "Authorization" || is_kept, "credentials stay with their host");
    CARILLON_CHECK(name != "Content-Type", "without a body there is nothing to describe");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_url(text);
  check_url("http://" + text);
  check_address(text);
  check_hop(text);
  return 0;
}
