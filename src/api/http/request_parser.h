// RequestParser: a checked header section and the body behind it as a Request. One per connection.
//
// Beast's parser does the reading; this class keeps it out of sight and holds it to the facts that
// framing_rules.h found, so that two independent readers agree on every boundary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string_view>

#include "api/http/framing_rules.h"
#include "api/http/request.h"

namespace carillon::http {

class RequestParser {
 public:
  explicit RequestParser(std::size_t body_bytes_max);
  ~RequestParser();

  // Begins the request whose header section this is, and forgets any earlier one.
  //
  // Requires  facts = check_header(header)
  // Errors    413  the announced body is over the bound
  //           400  the parser reads the header differently
  std::expected<void, FramingViolation> begin(std::string_view header, const HeaderFacts& facts);

  // Reads body bytes and returns how many were used; the caller passes the rest again, with more.
  //
  // Requires  begin succeeded and is_done() is false.
  // Errors    413  a chunked body grew over the bound
  //           400  broken chunk framing
  std::expected<std::size_t, FramingViolation> feed(std::string_view bytes);

  // True when the whole request was read.
  [[nodiscard]] bool is_done() const;

  // The body bytes read so far.
  [[nodiscard]] std::size_t body_bytes() const;

  // Requires  is_done()
  Request take();

 private:
  class Reader;
  std::size_t body_bytes_max_;
  std::unique_ptr<Reader> reader_;
};

}  // namespace carillon::http
