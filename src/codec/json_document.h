// JSON text from outside, checked and parsed. Includes simdjson: keep it out of headers of other
// rooms.
//
// Refused: more than 64 levels, invalid UTF-8, lone surrogates, duplicate keys, numbers beyond 64
// bits, anything after the value. Errors say line and column.
#pragma once

#include <string>
#include <string_view>

#include <simdjson.h>

#include "base/result.h"

namespace carillon {

inline constexpr std::size_t kJsonDepthMax = 64;

// A parsed document. An element stays valid until the document is moved or goes.
class JsonDocument {
 public:
  // Errors  malformed_json  with line and column in the message
  static Result<JsonDocument> parse(std::string_view text);

  [[nodiscard]] simdjson::dom::element root() const { return tape_.root(); }

 private:
  JsonDocument() = default;

  simdjson::dom::document tape_;
};

// The element as compact JSON text: integers exact, other numbers in their shortest form.
std::string minified(simdjson::dom::element element);

// One step of a JSON pointer, escaped as RFC 6901 asks for.
std::string pointer_to(std::string_view parent, std::string_view name);

}  // namespace carillon
