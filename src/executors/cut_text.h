// Bounds on what an attempt may leave behind: results and messages that are too long are cut, and
// say so. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace carillon {

// The longest prefix of at most `bytes` bytes that does not end inside a UTF-8 character.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes);

// The text, or its beginning with a note of the full length; never longer than `bytes`.
//
// Requires  bytes >= 64, room for the note
std::string cut_text(std::string text, std::size_t bytes);

// The JSON text, or `{"truncated":true,"bytes":N,"head":"..."}` when it is longer than `bytes`.
//
// Requires  bytes >= 256
std::string cut_json(std::string json, std::size_t bytes);

// The text itself when it is UTF-8, else with what is not escaped.
std::string escape_invalid(std::string text);

}  // namespace carillon
