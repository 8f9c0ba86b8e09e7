#include "codec/json_document.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

namespace carillon {
namespace {

constexpr std::size_t kUsualKeys = 16;                    // Of one object.
constexpr std::size_t kKeptRoom = std::size_t{64} << 10;  // Bytes of a document.

// Walks a text with Boost.JSON's parser only to learn where it stops being JSON; simdjson does not
// tell.
struct Nothing {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  using error = boost::system::error_code;
  using text = boost::json::string_view;
  bool on_document_begin(error&) { return true; }
  bool on_document_end(error&) { return true; }
  bool on_array_begin(error&) { return true; }
  bool on_array_end(std::size_t, error&) { return true; }
  bool on_object_begin(error&) { return true; }
  bool on_object_end(std::size_t, error&) { return true; }
  bool on_string_part(text, std::size_t, error&) { return true; }
  bool on_string(text, std::size_t, error&) { return true; }
  bool on_key_part(text, std::size_t, error&) { return true; }
  bool on_key(text, std::size_t, error&) { return true; }
  bool on_number_part(text, error&) { return true; }
  bool on_int64(std::int64_t, text, error&) { return true; }
  bool on_uint64(std::uint64_t, text, error&) { return true; }
  bool on_double(double, text, error&) { return true; }
  bool on_bool(bool, error&) { return true; }
  bool on_null(error&) { return true; }
  bool on_comment_part(text, error&) { return true; }
  bool on_comment(text, error&) { return true; }
};

// Offset of the first byte that cannot belong to a JSON text; the length when it ends too early.
std::size_t fault_offset(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kJsonDepthMax;
  boost::json::basic_parser<Nothing> parser(options);
  boost::system::error_code error;
  return std::min(parser.write_some(false, text.data(), text.size(), error), text.size());
}

std::string place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::ranges::count(before, '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0.
  return fmt::format("line {}, column {}", line, offset - line_start + 1);
}

std::string reason_of(simdjson::error_code code) {
  if (code == simdjson::DEPTH_ERROR) {
    return fmt::format("It is nested deeper than {} levels", kJsonDepthMax);
  }
  if (code == simdjson::UTF8_ERROR) return "It is not valid UTF-8";
  if (code == simdjson::EMPTY) return "It is empty";
  if (code == simdjson::STRING_ERROR) return "A string holds an invalid escape or character";
  if (code == simdjson::NUMBER_ERROR) return "A number is malformed or too large";
  if (code == simdjson::UNCLOSED_STRING) return "A string is not closed";
  if (code == simdjson::UNESCAPED_CHARS) return "A string holds an unescaped control character";
  return "It is not valid JSON";
}

// A key that stands twice in one object, as a pointer; empty when there is none. The pointer is
// put together on the way back, because nearly no document needs one.
std::string find_duplicate_key(simdjson::dom::element element) {
  if (element.is_array()) {
    std::size_t index = 0;
    for (const auto child : simdjson::dom::array(element)) {
      const std::string found = find_duplicate_key(child);
      if (!found.empty()) return fmt::format("/{}{}", index, found);
      ++index;
    }
    return {};
  }
  if (!element.is_object()) return {};
  // Sorted, because names that all have one hash can be made.
  std::vector<std::string_view> names;
  names.reserve(kUsualKeys);
  for (const auto field : simdjson::dom::object(element)) names.push_back(field.key);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice != names.end()) return pointer_to("", *twice);
  for (const auto [key, value] : simdjson::dom::object(element)) {
    const std::string found = find_duplicate_key(value);
    if (!found.empty()) return pointer_to("", key) + found;
  }
  return {};
}

}  // namespace

Result<JsonDocument> JsonDocument::parse(std::string_view text) {
  thread_local simdjson::dom::parser parser;
  JsonDocument document;
  // The room for a usual document is kept for the next one, that for a large one is not.
  if (const auto error = parser.allocate(std::max(text.size(), kKeptRoom), kJsonDepthMax)) {
    return fail(ErrorCode::malformed_json, std::string(reason_of(error)) + ".");
  }
  const simdjson::padded_string padded(text);
  const auto error =
      parser.parse_into_document(document.tape_, padded.data(), padded.size(), false).error();
  if (error) {
    return fail(ErrorCode::malformed_json,
                fmt::format("{} ({}).", reason_of(error), place_of(text, fault_offset(text))),
                "Check the body with a JSON tool; the content type is application/json.");
  }
  if (const std::string twice = find_duplicate_key(document.root()); !twice.empty()) {
    return fail(ErrorCode::malformed_json, fmt::format("The key {} stands twice.", twice),
                "Remove one of them.");
  }
  return document;
}

std::string minified(simdjson::dom::element element) { return simdjson::minify(element); }

std::string pointer_to(std::string_view parent, std::string_view name) {
  std::string pointer(parent);
  pointer.push_back('/');
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer.push_back(c);
    }
  }
  return pointer;
}

}  // namespace carillon
