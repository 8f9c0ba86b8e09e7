// AccessGuard: who may ask for what. Immutable after construction; any thread.
//
// Two ways to be let in: a bearer token, or, when none is configured, coming from this machine. The
// second is guarded against browsers that were lured to us: a foreign Host means DNS rebinding, a
// foreign Origin a forged request.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/request.h"
#include "base/result.h"

namespace carillon::api {

enum class Role : std::uint8_t {
  admin,
  read,  // GET and HEAD only.
};

// A token as it is configured.
struct AccessToken {
  std::string name;  // Becomes `by` in the history. At most 128 bytes.
  Role role = Role::admin;
  std::string secret;
};

enum class ListenScope : std::uint8_t { loopback, anywhere };

struct AccessOptions {
  std::vector<AccessToken> tokens = {};        // None: nobody needs one.
  std::array<std::uint8_t, 32> hash_key = {};  // Secret; tokens are kept only hashed with it.
  ListenScope listens = ListenScope::loopback;
};

// What a route asks of a caller when tokens are configured.
enum class Access : std::uint8_t {
  token,
  token_unless_local,  // Health and figures: this machine's probes need none.
  open,                // Texts that every release publishes anyway.
};

struct Identity {
  std::string name;  // Of the token; empty without one.
  Role role = Role::admin;
};

class AccessGuard {
 public:
  explicit AccessGuard(AccessOptions options);

  // Errors  unauthorized  no token, or none of ours
  //         forbidden     a read-only token that wants to change something; a Host or Origin that
  //                       shows a lured browser
  Result<Identity> admit(const http::Request& request, Access access) const;

 private:
  using Digest = std::array<std::uint8_t, 32>;
  struct KnownToken {
    Identity identity;
    Digest digest;
  };

  [[nodiscard]] Digest digest_of(std::string_view secret) const;
  [[nodiscard]] const KnownToken* find(std::string_view secret) const;
  Result<void> check_browser(const http::Request& request) const;

  std::array<std::uint8_t, 32> hash_key_;
  ListenScope listens_;
  std::vector<KnownToken> tokens_;
};

// True for 127.0.0.0/8, ::1 and their mapped forms.
bool is_loopback_address(std::string_view address);

}  // namespace carillon::api
