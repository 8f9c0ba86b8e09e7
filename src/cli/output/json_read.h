// Reading of JSON answers by JSON pointer; what is absent reads as empty. Pure functions.
//
// Answers may come from a newer server, so every reader must live with missing and foreign members.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

namespace carillon::cli {

// The value of a complete JSON text, nesting up to 64; nullopt when it is not JSON.
std::optional<boost::json::value> parse_json(std::string_view text);

// The member at an RFC 6901 pointer; nullptr when it is absent or null.
const boost::json::value* member_at(const boost::json::value& value, std::string_view pointer);

// A scalar as people read it: strings as they are, numbers and booleans as JSON. Absent and null
// are
// "", objects and arrays are compact JSON.
std::string text_at(const boost::json::value& value, std::string_view pointer);

std::optional<std::int64_t> integer_at(const boost::json::value& value, std::string_view pointer);

// nullptr when there is no array.
const boost::json::array* array_at(const boost::json::value& value, std::string_view pointer);

}  // namespace carillon::cli
