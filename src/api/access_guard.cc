#include "api/access_guard.h"

#include <utility>

#include <fmt/format.h>
#include <sodium.h>

#include "base/check.h"
#include "base/text.h"

namespace carillon::api {
namespace {

using http::Method;

bool only_reads(Method method) {
  return method == Method::get || method == Method::head || method == Method::options;
}

// `[::1]:8080` and `localhost:8080` without their port.
std::string_view host_without_port(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.rfind(':'));
}

bool names_this_machine(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (equal_ignoring_case(host, "localhost") || host == "[::1]") return true;
  // Digits and dots only, so that 127.0.0.1.evil.example is a name and not an address.
  return host.starts_with("127.") &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

// The authority of `http://host:port`; empty for `null` and other odd origins.
std::string_view authority_of(std::string_view origin) {
  const std::size_t mark = origin.find("://");
  return mark == std::string_view::npos ? std::string_view{} : origin.substr(mark + 3);
}

}  // namespace

AccessGuard::AccessGuard(AccessOptions options)
    : hash_key_(options.hash_key), listens_(options.listens) {
  CARILLON_CHECK(sodium_init() >= 0, "libsodium cannot start");
  for (AccessToken& token : options.tokens) {
    CARILLON_CHECK(token.name.size() <= 128, "a token's name is part of every request key");
    tokens_.push_back({.identity = {.name = std::move(token.name), .role = token.role},
                       .digest = digest_of(token.secret)});
    sodium_memzero(token.secret.data(), token.secret.size());
  }
}

Result<Identity> AccessGuard::admit(const http::Request& request, Access access) const {
  if (auto checked = check_browser(request); !checked) return fail(std::move(checked.error()));
  if (tokens_.empty() || access == Access::open) return Identity{};
  const bool is_local = is_loopback_address(request.remote_address);
  if (access == Access::token_unless_local && is_local) return Identity{};

  const std::string_view header = request.headers.find("Authorization").value_or("");
  constexpr std::string_view kScheme = "Bearer ";
  if (!equal_ignoring_case(header.substr(0, kScheme.size()), kScheme)) {
    return fail(ErrorCode::unauthorized, "The request has no access token.",
                "Send the header Authorization: Bearer TOKEN.");
  }
  const KnownToken* token = find(trimmed(header.substr(kScheme.size())));
  if (token == nullptr) {
    return fail(ErrorCode::unauthorized, "The access token is not known.",
                "Check the token; the server's configuration lists those it takes.");
  }
  if (token->identity.role == Role::read && !only_reads(request.method)) {
    return fail(ErrorCode::forbidden,
                fmt::format("The token '{}' may only read.", token->identity.name),
                "Use a token with the role admin.");
  }
  return token->identity;
}

AccessGuard::Digest AccessGuard::digest_of(std::string_view secret) const {
  Digest digest{};
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
                     hash_key_.data(), hash_key_.size());
  return digest;
}

const AccessGuard::KnownToken* AccessGuard::find(std::string_view secret) const {
  const Digest digest = digest_of(secret);
  const KnownToken* found = nullptr;
  // All are compared, so that the time tells neither which token nor how much of it was right.
  for (const KnownToken& token : tokens_) {
    if (sodium_memcmp(token.digest.data(), digest.data(), digest.size()) == 0) found = &token;
  }
  return found;
}

Result<void> AccessGuard::check_browser(const http::Request& request) const {
  const std::string_view host = request.headers.find("Host").value_or("");
  const bool guards_host = tokens_.empty() && listens_ == ListenScope::loopback;
  if (guards_host && !host.empty() && !names_this_machine(host_without_port(host))) {
    return fail(ErrorCode::forbidden,
                fmt::format("The host '{}' is not this machine.", escape_control(host)),
                "Use localhost or 127.0.0.1; to be reached by another name, configure tokens.");
  }
  const auto origin = request.headers.find("Origin");
  if (!origin || only_reads(request.method)) return {};
  if (equal_ignoring_case(authority_of(*origin), host)) return {};
  return fail(ErrorCode::forbidden,
              fmt::format("A page of '{}' may not change anything here.", escape_control(*origin)),
              "Open the page from this server, or send the request without a browser.");
}

bool is_loopback_address(std::string_view address) {
  if (address.starts_with("::ffff:")) address.remove_prefix(7);
  return address == "::1" || address.starts_with("127.");
}

}  // namespace carillon::api
