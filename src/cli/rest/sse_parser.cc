#include "cli/rest/sse_parser.h"

#include <utility>

namespace carillon::cli {
namespace {
constexpr std::size_t kLargestEvent = 4U << 20U;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
}  // namespace

std::vector<SseEvent> SseParser::push(std::string_view bytes) {
  std::vector<SseEvent> out;
  for (const char c : bytes) {
    const bool second_half = skip_line_feed_ && c == '\n';
    skip_line_feed_ = c == '\r';
    if (second_half) continue;
    if (c == '\n' || c == '\r') {
      take_line(line_, out);
      line_.clear();
    } else if (line_.size() < kLargestEvent) {
      line_.push_back(c);
    } else {
      too_large_ = true;
    }
  }
  return out;
}

void SseParser::take_line(std::string_view line, std::vector<SseEvent>& out) {
  if (at_start_ && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  at_start_ = false;
  if (line.empty()) {
    finish_event(out);
    return;
  }
  if (line.front() == ':') return;  // A comment, sent to keep the connection alive.
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    take_field(line, {});
    return;
  }
  std::string_view value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  take_field(line.substr(0, colon), value);
}

void SseParser::take_field(std::string_view name, std::string_view value) {
  if (name == "id") {
    if (value.find('\0') == std::string_view::npos) event_.id = value;
  } else if (name == "event") {
    event_.type = value;
  } else if (name == "data") {
    if (event_.data.size() + value.size() > kLargestEvent) {
      too_large_ = true;
      return;
    }
    if (has_data_) event_.data.push_back('\n');
    event_.data += value;
    has_data_ = true;
  }
}

void SseParser::finish_event(std::vector<SseEvent>& out) {
  if (has_data_ && !too_large_) {
    out.push_back(event_);
    if (out.back().type.empty()) out.back().type = "message";
  }
  event_.type.clear();
  event_.data.clear();
  has_data_ = false;
  too_large_ = false;
}

}  // namespace carillon::cli
