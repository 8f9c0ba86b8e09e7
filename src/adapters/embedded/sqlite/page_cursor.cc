#include "adapters/embedded/sqlite/page_cursor.h"

#include <array>
#include <optional>

#include "base/wire.h"

namespace carillon {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

std::optional<std::string> bytes_of_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::size_t high = kDigits.find(text[i]);
    const std::size_t low = kDigits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

std::unexpected<Error> refused(std::string_view why) {
  return fail(ErrorCode::bad_page_token, std::string(why),
              "Use the nextPageToken of the page before, with the same filter and order.");
}

}  // namespace

std::string write_cursor(const PageCursor& cursor) {
  std::string text;
  for (const char c : to_wire(cursor)) {
    const auto byte = static_cast<std::uint8_t>(c);
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 0xf]);
  }
  return text;
}

Result<PageCursor> read_cursor(std::string_view text, Listing listing) {
  const auto bytes = bytes_of_hex(text);
  if (!bytes) return refused("The page token is not one of ours.");
  auto cursor = from_wire<PageCursor>(*bytes);
  if (!cursor) return refused("The page token is not one of ours.");
  if (cursor->listing != listing) return refused("The page token belongs to another list.");
  return std::move(*cursor);
}

}  // namespace carillon
