// ChunkedBody: takes a body apart that came in chunks (RFC 9112, section 7.1), strictly. Pure.
//
// Our own, because Beast 1.81 takes a bare line feed inside a quoted extension and stops the
// process by an assertion when the last chunk of a body without data comes in small pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "api/http/framing_rules.h"

namespace carillon::http {

class ChunkedBody {
 public:
  explicit ChunkedBody(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Appends the data among the bytes to `body` and returns how many bytes were used; the caller
  // passes the rest again, with more.
  //
  // Requires  is_done() is false.
  // Errors    413  the body grew over the bound
  //           400  broken framing, or a line or the trailers too long
  std::expected<std::size_t, FramingViolation> feed(std::string_view bytes, std::string& body);

  [[nodiscard]] bool is_done() const { return expects_ == Expects::nothing; }

 private:
  enum class Expects : std::uint8_t { size_line, data, data_end, trailer_line, nothing };

  std::expected<void, FramingViolation> take_line(std::string_view line, std::string_view body);

  std::size_t bytes_max_;
  Expects expects_ = Expects::size_line;
  std::uint64_t chunk_left_ = 0;
  std::size_t trailer_bytes_ = 0;
};

}  // namespace carillon::http
