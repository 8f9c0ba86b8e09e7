#include "api/messages/page_tokens.h"

#include <sodium.h>

namespace carillon::api {
namespace {

constexpr std::size_t kSignatureBytes = 8;
constexpr int kForm = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

std::unexpected<Error> not_ours() {
  return fail(ErrorCode::bad_page_token, "The page token does not belong to this listing.",
              "Send nextPageToken of the page before unchanged, with the same filter and order; or "
              "begin again without a token.");
}

}  // namespace

std::string PageTokens::seal(std::string_view listing, std::string_view cursor) const {
  std::string bytes = signature(listing, cursor);
  bytes += cursor;
  std::string token(sodium_base64_encoded_len(bytes.size(), kForm), '\0');
  sodium_bin2base64(token.data(), token.size(),
                    reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), kForm);
  token.pop_back();  // The terminating zero.
  return token;
}

Result<std::string> PageTokens::open(std::string_view listing, std::string_view token) const {
  std::string bytes(token.size(), '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const int broken = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                                       token.data(), token.size(), nullptr, &size, &end, kForm);
  if (broken != 0 || end != token.data() + token.size() || size < kSignatureBytes)
    return not_ours();
  bytes.resize(size);
  std::string cursor = bytes.substr(kSignatureBytes);
  if (sodium_memcmp(bytes.data(), signature(listing, cursor).data(), kSignatureBytes) != 0) {
    return not_ours();
  }
  return cursor;
}

std::string PageTokens::signature(std::string_view listing, std::string_view cursor) const {
  std::string signed_text = std::to_string(listing.size()) + ":";
  signed_text += listing;
  signed_text += cursor;
  std::uint64_t hash = siphash_2_4(signed_text, key_);
  std::string bytes;
  for (std::size_t i = 0; i < kSignatureBytes; ++i, hash >>= 8) {
    bytes.push_back(static_cast<char>(hash & 0xff));
  }
  return bytes;
}

}  // namespace carillon::api
