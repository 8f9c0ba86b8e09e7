#include "api/http/framing_rules.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "base/text.h"

namespace carillon::http {
namespace {

using Violation = std::optional<FramingViolation>;

FramingViolation bad(std::string_view detail) { return {.status = 400, .detail = detail}; }

// Classes of bytes, one table for all: a look-up per byte is the whole cost of the strict reading.
constexpr std::uint8_t kToken = 1;
constexpr std::uint8_t kFieldText = 2;
constexpr std::uint8_t kPath = 4;
constexpr std::uint8_t kQuery = 8;

constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";     // RFC 9110, section 5.6.2
constexpr std::string_view kPathMarks = "-._~!$&'()*+,;=:@/%";  // RFC 3986, section 3.3

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    std::uint8_t mask = 0;
    if (alphanumeric || kTokenMarks.contains(c)) mask |= kToken;
    if (byte == '\t' || (byte >= 0x20 && byte != 0x7f)) mask |= kFieldText;
    if (alphanumeric || kPathMarks.contains(c)) mask |= kPath;
    // Browsers and curl leave quotes, braces and the like in a query unescaped, and a filter such
    // as name~"nightly" is typed that way; no reader takes them for a boundary.
    if (byte > 0x20 && byte < 0x7f && c != '#') mask |= kQuery;
    classes[byte] = mask;
  }
  return classes;
}();

bool all_are(std::string_view text, std::uint8_t wanted) {
  std::uint8_t common = 0xff;
  for (const char c : text) common &= kClasses[static_cast<unsigned char>(c)];
  return (common & wanted) != 0;
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool escapes_are_whole(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
    if (text[at + 1] == '0' && text[at + 2] == '0') return false;  // A NUL helps only attackers.
  }
  return true;
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes one line off the front, without its CRLF. Requires that there is one.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end == 0 ? 0 : end - 1);
  rest.remove_prefix(end + 1);
  return line;
}

// "http://host:80/a?b" -> "/a?b"; proxies and some clients send that form.
std::string_view origin_form(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() < scheme.size()) continue;
    if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    const std::size_t path = target.find_first_of("/?", scheme.size());
    if (path == scheme.size()) return {};  // No authority.
    if (path == std::string_view::npos) return "/";
    return target[path] == '/' ? target.substr(path) : std::string_view{};
  }
  return target;
}

Violation check_target(HeaderFacts& facts, std::string_view target) {
  if (!all_are(target, kQuery)) {
    return bad("The request target holds a character that must be percent-encoded.");
  }
  facts.target = origin_form(target);
  if (facts.target == "*" && facts.method == "OPTIONS") return std::nullopt;
  if (!facts.target.starts_with('/')) return bad("The request target must be a path such as /api.");
  const std::string_view path = facts.target.substr(0, facts.target.find('?'));
  if (!all_are(path, kPath)) {
    return bad("The path holds a character that must be percent-encoded.");
  }
  if (!escapes_are_whole(facts.target)) {
    return bad("A percent sign in the request target is not followed by two hexadecimal digits.");
  }
  return std::nullopt;
}

Violation check_version(HeaderFacts& facts, std::string_view version) {
  const auto digit = [&](std::size_t at) { return version[at] >= '0' && version[at] <= '9'; };
  if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.' || !digit(5) ||
      !digit(7)) {
    return bad("The request line must be a method, a target and HTTP/1.1, with single blanks.");
  }
  if (version == "HTTP/1.1") {
    facts.version = HttpVersion::http_1_1;
  } else if (version == "HTTP/1.0") {
    facts.version = HttpVersion::http_1_0;
    facts.persistence = Persistence::close;
  } else {
    return FramingViolation{.status = 505, .detail = "Only HTTP/1.0 and HTTP/1.1 are spoken here."};
  }
  return std::nullopt;
}

Violation check_request_line(HeaderFacts& facts, std::string_view line) {
  const std::size_t method_end = line.find(' ');
  const std::size_t target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || target_end <= method_end + 1) {
    return bad("The request line must be a method, a target and HTTP/1.1, with single blanks.");
  }
  facts.method = line.substr(0, method_end);
  if (!all_are(facts.method, kToken) || facts.method.empty()) return bad("The method is no name.");
  // The version first: a preface of another protocol deserves the better answer.
  if (Violation broken = check_version(facts, line.substr(target_end + 1))) return broken;
  return check_target(facts, line.substr(method_end + 1, target_end - method_end - 1));
}

// What has been seen of the fields that frame a message.
struct Seen {
  bool host = false;
  bool length = false;
  bool encoding = false;
  bool asked_to_close = false;
};

Violation check_content_length(HeaderFacts& facts, Seen& seen, std::string_view value) {
  if (seen.length) return bad("Content-Length is given twice.");
  seen.length = true;
  if (value.empty() || !std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; })) {
    return bad("Content-Length is not a number of digits only.");
  }
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  for (const char c : value) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    const bool fits = facts.body_bytes <= (kMax - digit) / 10;
    facts.body_bytes = fits ? facts.body_bytes * 10 + digit : kMax;
    if (!fits) break;
  }
  facts.body = facts.body_bytes == 0 ? BodyFraming::none : BodyFraming::length;
  return std::nullopt;
}

Violation check_transfer_encoding(HeaderFacts& facts, Seen& seen, std::string_view value) {
  if (seen.encoding) return bad("Transfer-Encoding is given twice.");
  seen.encoding = true;
  // Compressed bodies are not offered, so the only coding that makes sense is chunked alone.
  if (!equal_ignoring_case(value, "chunked")) {
    return bad("Transfer-Encoding must be chunked and nothing else.");
  }
  if (facts.version == HttpVersion::http_1_0) {
    return bad("HTTP/1.0 has no Transfer-Encoding.");
  }
  facts.body = BodyFraming::chunked;
  return std::nullopt;
}

Violation check_host(Seen& seen, std::string_view value) {
  if (seen.host) return bad("Host is given twice.");
  seen.host = true;
  if (value.find_first_of(" \t,/?#@\\<>\"") != std::string_view::npos) {
    return bad("Host is not a host name with an optional port.");
  }
  return std::nullopt;
}

void note_connection(HeaderFacts& facts, Seen& seen, std::string_view value) {
  for (const std::string_view part : split(value, ',')) {
    const std::string_view option = without_blanks(part);
    if (equal_ignoring_case(option, "close")) seen.asked_to_close = true;
    if (equal_ignoring_case(option, "keep-alive")) facts.persistence = Persistence::keep_alive;
  }
  // Close wins whatever else is said, and whichever line said it.
  if (seen.asked_to_close) facts.persistence = Persistence::close;
}

// Only five names matter here; their lengths are all different but one pair, so most fields cost
// one comparison of sizes.
Violation note_field(HeaderFacts& facts, Seen& seen, std::string_view name,
                     std::string_view value) {
  switch (name.size()) {
    case 4:
      if (equal_ignoring_case(name, "host")) return check_host(seen, value);
      break;
    case 6:
      if (equal_ignoring_case(name, "expect") && equal_ignoring_case(value, "100-continue") &&
          facts.version == HttpVersion::http_1_1) {
        facts.expectation = Expectation::continue_100;
      }
      break;
    case 10:
      if (equal_ignoring_case(name, "connection")) note_connection(facts, seen, value);
      break;
    case 14:
      if (equal_ignoring_case(name, "content-length")) {
        return check_content_length(facts, seen, value);
      }
      break;
    case 17:
      if (equal_ignoring_case(name, "transfer-encoding")) {
        return check_transfer_encoding(facts, seen, value);
      }
      break;
    default:
      break;
  }
  return std::nullopt;
}

struct FieldLine {
  std::string_view name;
  std::string_view value;
};

std::expected<FieldLine, FramingViolation> split_field(std::string_view line) {
  const auto refused = [](std::string_view detail) { return std::unexpected(bad(detail)); };
  if (line.front() == ' ' || line.front() == '\t') return refused("A header line is folded.");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return refused("A header line has no colon.");
  const std::string_view name = line.substr(0, colon);
  if (name.empty() || !all_are(name, kToken)) {
    return refused("A header name is empty or holds a forbidden character, such as a blank.");
  }
  const std::string_view value = without_blanks(line.substr(colon + 1));
  if (!value.empty() && !all_are(value, kFieldText)) {
    return refused("A header value holds a control character.");
  }
  return FieldLine{.name = name, .value = value};
}

}  // namespace

HeaderSearch find_header_end(std::string_view bytes, std::size_t seen) {
  if (bytes.empty()) return HeaderIncomplete{};
  if (seen == 0 && !all_are(bytes.substr(0, 1), kToken)) {
    return bad("The request does not begin with a method; is the client speaking TLS?");
  }
  // The end may straddle what was seen before: "\r\n\r" then "\n".
  std::size_t at = bytes.find('\n', seen);
  for (; at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') return bad("A line ends without a carriage return.");
    if (at >= 3 && bytes[at - 2] == '\n') return HeaderEnd{at + 1};
  }
  return HeaderIncomplete{};
}

std::expected<HeaderFacts, FramingViolation> check_header(std::string_view header) {
  HeaderFacts facts;
  Seen seen;
  std::string_view rest = header;
  if (Violation broken = check_request_line(facts, take_line(rest))) {
    return std::unexpected(*broken);
  }
  for (std::string_view line = take_line(rest); !line.empty(); line = take_line(rest)) {
    const auto field = split_field(line);
    if (!field) return std::unexpected(field.error());
    if (Violation broken = note_field(facts, seen, field->name, field->value)) {
      return std::unexpected(*broken);
    }
    ++facts.field_count;
  }
  if (seen.length && seen.encoding) {
    return std::unexpected(bad("Content-Length and Transfer-Encoding exclude each other."));
  }
  if (!seen.host && facts.version == HttpVersion::http_1_1) {
    return std::unexpected(bad("HTTP/1.1 asks for a Host header."));
  }
  return facts;
}

std::expected<std::uint64_t, FramingViolation> check_chunk_line(std::string_view line) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t size = 0;
  std::size_t digits = 0;
  for (; digits < line.size() && is_hex(line[digits]); ++digits) {
    const char c = line[digits];
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    size = size > kMax >> 4 ? kMax : (size << 4) | static_cast<std::uint64_t>(digit);
  }
  const std::string_view extensions = line.substr(digits);
  const bool ends_well = extensions.empty() || extensions.front() == ';';
  if (digits == 0 || !ends_well || !(extensions.empty() || all_are(extensions, kFieldText))) {
    return std::unexpected(bad("A chunk does not begin with its size in hexadecimal."));
  }
  return size;
}

std::expected<void, FramingViolation> check_trailer_line(std::string_view line) {
  const auto field = split_field(line);
  if (!field) return std::unexpected(field.error());
  for (const std::string_view framing : {"content-length", "transfer-encoding", "host"}) {
    if (equal_ignoring_case(field->name, framing)) {
      return std::unexpected(bad("A trailer tries to frame the message."));
    }
  }
  return {};
}

}  // namespace carillon::http
