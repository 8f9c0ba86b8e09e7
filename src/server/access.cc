#include "server/access.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "api/http/listening/listen_address.h"
#include "base/text.h"

namespace carillon::server {
namespace {

constexpr std::size_t kSecretCharsMin = 16;

Result<std::vector<api::AccessToken>> read_tokens(std::string_view text) {
  std::vector<api::AccessToken> tokens;
  std::size_t number = 0;
  for (const std::string_view raw : split(text, '\n')) {
    ++number;
    const std::string_view line = trimmed(raw);
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string_view> words;
    for (const std::string_view word : split(line, ' ')) {
      if (!trimmed(word).empty()) words.push_back(trimmed(word));
    }
    const bool known_role = words.size() == 3 && (words[1] == "admin" || words[1] == "read");
    if (!known_role || words[2].size() < kSecretCharsMin) {
      return fail(ErrorCode::invalid_value,
                  fmt::format("Line {} of the tokens file is not `name role secret`.", number),
                  fmt::format("The role is admin or read, the secret has at least {} characters; "
                              "`openssl rand -hex 32` makes a good one.",
                              kSecretCharsMin));
    }
    tokens.push_back({.name = std::string(words[0]),
                      .role = words[1] == "read" ? api::Role::read : api::Role::admin,
                      .secret = std::string(words[2])});
  }
  return tokens;
}

}  // namespace

Result<api::AccessOptions> access_options(const ServerConfig& config,
                                          const std::array<std::uint8_t, 32>& hash_key) {
  auto address = http::parse_listen_address(config.listen);
  if (!address) return fail(std::move(address.error()));
  auto tokens = read_tokens(config.auth.tokens.reveal());
  if (!tokens) return fail(std::move(tokens.error()));
  const bool loopback = address->is_loopback();
  if (!loopback && tokens->empty() && !config.auth.insecure_no_auth) {
    return fail(ErrorCode::invalid_value,
                fmt::format("{} can be reached from other machines, and no tokens are configured.",
                            config.listen),
                "Name a file with carillon.auth.tokens-file, listen on 127.0.0.1, or type "
                "--insecure-no-auth if everybody may do everything.");
  }
  return api::AccessOptions{
      .tokens = std::move(*tokens),
      .hash_key = hash_key,
      .listens = loopback ? api::ListenScope::loopback : api::ListenScope::anywhere};
}

std::string describe_access(const api::AccessOptions& access, const ServerConfig& config) {
  if (!access.tokens.empty()) return fmt::format("{} tokens", access.tokens.size());
  if (access.listens == api::ListenScope::loopback) return "this computer only, no login";
  return fmt::format("EVERYBODY who reaches {}, no login", config.listen);
}

}  // namespace carillon::server
