// RequestParser: a checked header section and the body behind it as a Request. One per connection.
//
// Beast's parser reads the header section a second time and is held to the facts that
// framing_rules.h found, so that two independent readers agree before anything is believed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

#include "api/http/chunked_body.h"
#include "api/http/framing_rules.h"
#include "api/http/request.h"

namespace carillon::http {

class RequestParser {
 public:
  explicit RequestParser(std::size_t body_bytes_max);

  // Begins the request whose header section this is, and forgets any earlier one.
  //
  // Requires  facts = check_header(header)
  // Errors    413  the announced body is over the bound
  //           400  Beast reads the header differently
  std::expected<void, FramingViolation> begin(std::string_view header, const HeaderFacts& facts);

  // Reads body bytes and returns how many were used; the caller passes the rest again, with more.
  //
  // Requires  begin succeeded and is_done() is false.
  // Errors    as ChunkedBody::feed
  std::expected<std::size_t, FramingViolation> feed(std::string_view bytes);

  // True when the whole request was read.
  [[nodiscard]] bool is_done() const;

  // Requires  is_done()
  Request take();

 private:
  std::size_t body_bytes_max_;
  Request request_;
  BodyFraming framing_ = BodyFraming::none;
  std::size_t body_left_ = 0;  // Of a body with a length.
  ChunkedBody chunks_;
};

}  // namespace carillon::http
