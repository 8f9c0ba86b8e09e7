// Where requests begin and end in a byte stream, by RFC 9112 read strictly. Pure functions.
//
// A request that two readers could frame differently is how one client's bytes become another
// client's request, so nothing doubtful is repaired: it is refused and the connection is closed.
// The general parser behind this (request_parser.h) sees only headers that passed here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>
#include <variant>

namespace carillon::http {

// What to answer when a rule is broken. The detail is one sentence and quotes nothing.
struct FramingViolation {
  std::uint16_t status = 400;
  std::string_view detail;
};

struct HeaderIncomplete {};
struct HeaderEnd {
  std::size_t bytes;  // Of the header section, its closing empty line included.
};

using HeaderSearch = std::variant<HeaderEnd, HeaderIncomplete, FramingViolation>;

// Finds the end of the header section that starts at the front of `bytes`.
//
// A line feed without its carriage return and a first byte that starts no method are found at once,
// so that garbage does not wait for the time-out.
// Requires  seen is 0 or the size of a prefix for which the search was incomplete.
HeaderSearch find_header_end(std::string_view bytes, std::size_t seen);

enum class BodyFraming : std::uint8_t { none, length, chunked };
enum class HttpVersion : std::uint8_t { http_1_0, http_1_1 };
enum class Persistence : std::uint8_t { keep_alive, close };
enum class Expectation : std::uint8_t { none, continue_100 };

// What the transport needs to know from a header section.
struct HeaderFacts {
  std::string_view method;
  std::string_view target;  // In origin form, or "*"; scheme and authority are cut off.
  HttpVersion version = HttpVersion::http_1_1;
  BodyFraming body = BodyFraming::none;
  std::uint64_t body_bytes = 0;  // Of a body with a length; held at the maximum when it overflows.
  Persistence persistence = Persistence::keep_alive;
  Expectation expectation = Expectation::none;
  std::size_t field_count = 0;
};

// Reads a whole header section, request line to empty line. The views point into it.
//
// Errors  400  Content-Length together with Transfer-Encoding, repeated or not only digits;
//              Transfer-Encoding other than "chunked"; a bare CR; a control character; a blank
//              before a colon; a folded or nameless field; no or two Hosts in HTTP/1.1; a target
//              with forbidden characters or broken escapes
//         505  a version other than 1.0 and 1.1
std::expected<HeaderFacts, FramingViolation> check_header(std::string_view header);

// Reads the first line of a chunk, without its line end: its size in hexadecimal, then perhaps
// extensions, which mean nothing here. A size that overflows is held at the maximum.
//
// Errors  400  no size, a prefix, sign or blank, a control character in the extensions
std::expected<std::uint64_t, FramingViolation> check_chunk_line(std::string_view line);

// Checks one trailer line, without its line end, by the rules for header lines; those that frame a
// message are refused, too.
std::expected<void, FramingViolation> check_trailer_line(std::string_view line);

}  // namespace carillon::http
