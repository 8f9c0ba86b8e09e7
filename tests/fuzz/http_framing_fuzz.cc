// Feeds arbitrary bytes to the framing rules and the request parser, whole and in pieces: nothing
// may crash, and where the bytes are cut must not change what is read.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/framing_rules.h"
#include "api/http/request_parser.h"
#include "base/check.h"

namespace {

using namespace carillon::http;

// What a stream of bytes was read as: each request by target and body, then the refusal, if any.
struct Reading {
  std::vector<std::string> requests;
  int refused = 0;

  friend bool operator==(const Reading&, const Reading&) = default;
};

Reading read_all(std::string_view bytes, std::size_t piece) {
  Reading reading;
  RequestParser parser(1 << 16);
  std::string buffer;
  std::size_t seen = 0;
  bool in_body = false;
  const auto finish = [&] {
    Request request = parser.take();
    reading.requests.push_back(request.target + "\n" + request.body);
    in_body = false;
    seen = 0;
  };
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    buffer += bytes.substr(at, piece);
    while (!buffer.empty()) {
      if (in_body) {
        const auto used = parser.feed(buffer);
        if (!used) {
          reading.refused = used.error().status;
          return reading;
        }
        buffer.erase(0, *used);
        if (!parser.is_done()) break;
        finish();
        continue;
      }
      const HeaderSearch search = find_header_end(buffer, seen);
      if (const auto* broken = std::get_if<FramingViolation>(&search)) {
        reading.refused = broken->status;
        return reading;
      }
      const auto* end = std::get_if<HeaderEnd>(&search);
      seen = buffer.size();
      if (end == nullptr) break;
      const std::string header = buffer.substr(0, end->bytes);
      const auto facts = check_header(header);
      if (!facts) {
        reading.refused = facts.error().status;
        return reading;
      }
      if (const auto begun = parser.begin(header, *facts); !begun) {
        reading.refused = begun.error().status;
        return reading;
      }
      buffer.erase(0, end->bytes);
      in_body = true;
      if (parser.is_done()) finish();
    }
  }
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (size == 0) return 0;
  const Reading whole = read_all(bytes, size);
  CARILLON_CHECK(read_all(bytes, 1) == whole, "the cut changes the reading");
  CARILLON_CHECK(read_all(bytes, 7) == whole, "the cut changes the reading");
  return 0;
}
