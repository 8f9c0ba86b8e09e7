#include "executors/cut_text.h"

#include <utility>

#include <fmt/format.h>

#include "base/json_writer.h"
#include "base/text.h"

namespace carillon {

std::string_view utf8_prefix(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

std::string cut_text(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  const std::string note = fmt::format("... (cut, {} bytes in all)", text.size());
  return std::string(utf8_prefix(text, bytes - note.size())) + note;
}

std::string cut_json(std::string json, std::size_t bytes) {
  if (json.size() <= bytes) return json;
  // Escapes can make the head up to six times longer, so it shrinks until the whole fits.
  for (std::size_t room = bytes / 2;; room /= 2) {
    std::string cut = fmt::format(R"({{"truncated":true,"bytes":{},"head":)", json.size());
    append_json_string(cut, utf8_prefix(json, room));
    cut.push_back('}');
    if (cut.size() <= bytes) return cut;
  }
}

std::string escape_invalid(std::string text) {
  return is_utf8(text) ? std::move(text) : escape_control(text);
}

}  // namespace carillon
