#include "api/http/chunked_body.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace carillon::http {
namespace {

// Longer lines and trailers are only an attempt to make us buffer.
constexpr std::size_t kLineBytesMax = 4 * 1024;
constexpr std::size_t kTrailerBytesMax = 8 * 1024;

std::unexpected<FramingViolation> bad(std::string_view detail) {
  return std::unexpected(FramingViolation{.status = 400, .detail = detail});
}

}  // namespace

std::expected<std::size_t, FramingViolation> ChunkedBody::feed(std::string_view bytes,
                                                               std::string& body) {
  CARILLON_CHECK(!is_done(), "the body is complete");
  std::size_t used = 0;
  while (!is_done() && used < bytes.size()) {
    const std::string_view rest = bytes.substr(used);
    if (expects_ == Expects::data) {
      const std::string_view data = rest.substr(0, static_cast<std::size_t>(chunk_left_));
      body += data;
      chunk_left_ -= data.size();
      used += data.size();
      if (chunk_left_ == 0) expects_ = Expects::data_end;
      continue;
    }
    const std::size_t line_end = rest.find('\n');
    if (std::min(line_end, rest.size()) > kLineBytesMax) {
      return bad("A line of the chunked body is too long.");
    }
    if (line_end == std::string_view::npos) break;
    if (line_end == 0 || rest[line_end - 1] != '\r') {
      return bad("A line of the chunked body ends without a carriage return.");
    }
    if (const auto taken = take_line(rest.substr(0, line_end - 1), body); !taken) {
      return std::unexpected(taken.error());
    }
    used += line_end + 1;
  }
  return used;
}

std::expected<void, FramingViolation> ChunkedBody::take_line(std::string_view line,
                                                             std::string_view body) {
  switch (expects_) {
    case Expects::size_line: {
      const auto size = check_chunk_line(line);
      if (!size) return std::unexpected(size.error());
      if (*size > bytes_max_ - body.size()) {
        return std::unexpected(FramingViolation{
            .status = 413, .detail = "The body is over the limit of this server."});
      }
      chunk_left_ = *size;
      expects_ = *size == 0 ? Expects::trailer_line : Expects::data;
      return {};
    }
    case Expects::data_end:
      if (!line.empty()) return bad("A chunk is longer than its size says.");
      expects_ = Expects::size_line;
      return {};
    case Expects::trailer_line:
      if (line.empty()) {
        expects_ = Expects::nothing;
        return {};
      }
      trailer_bytes_ += line.size();
      if (trailer_bytes_ > kTrailerBytesMax) return bad("The trailers are too long.");
      return check_trailer_line(line);
    case Expects::data:
    case Expects::nothing:
      break;
  }
  std::unreachable();
}

}  // namespace carillon::http
