#include "executors/net/webhook_signature.h"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace carillon {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kKeyBytesMin = 16;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return {};
  std::string bytes(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytes_of(text),
                                     static_cast<int>(text.size()));
  if (length < 0) return {};
  const std::size_t padding = text.ends_with("==") ? 2 : (text.ends_with('=') ? 1 : 0);
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes_of(bytes),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

Result<std::string> webhook_key(std::string_view secret) {
  std::string key = secret.starts_with(kPrefix) ? from_base64(secret.substr(kPrefix.size()))
                                                : std::string(secret);
  if (key.size() < kKeyBytesMin) {
    return fail(ErrorCode::invalid_value,
                "The webhook secret is too short or is not base64 behind whsec_.",
                "Make one with: echo whsec_$(openssl rand -base64 32)");
  }
  return key;
}

std::string webhook_signature(std::string_view key, std::string_view id, Instant at,
                              std::string_view body) {
  const std::string signed_text = fmt::format("{}.{}.{}", id, at.unix_ms() / 1000, body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(signed_text),
       signed_text.size(), digest.data(), &length);
  return "v1," + to_base64({reinterpret_cast<const char*>(digest.data()), length});
}

}  // namespace carillon
