// PageTokens: cursors of listings in a form that clients can carry and not forge. Immutable.
//
// A token is bound to the listing it came from, so that a cursor cannot be used under another
// filter.
#pragma once

#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/result.h"

namespace carillon::api {

class PageTokens {
 public:
  explicit PageTokens(SipKey key) : key_(key) {}

  // The token of a cursor. `listing` is everything the listing depends on but the page itself.
  [[nodiscard]] std::string seal(std::string_view listing, std::string_view cursor) const;

  // The cursor in a token.
  //
  // Errors  bad_page_token  not made by seal under this key for this listing
  [[nodiscard]] Result<std::string> open(std::string_view listing, std::string_view token) const;

 private:
  [[nodiscard]] std::string signature(std::string_view listing, std::string_view cursor) const;

  SipKey key_;
};

}  // namespace carillon::api
