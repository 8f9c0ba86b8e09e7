// Values of the configuration as text: strict reading by the row of the key, and exact printing.
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "server/config/config_key.h"

namespace carillon::server {

// How a text was spelled where it was found. Quotes make it a text, so a number, or true and false,
// may not have them; a variable or flag has no quotes, and separates the items of a list by commas.
enum class Spelling : std::uint8_t { plain, quoted, typed };

struct GivenText {
  std::string text;
  Spelling spelling = Spelling::plain;
};

using GivenValue = std::variant<GivenText, std::vector<std::string>>;

// Sets the member of the key.
//
// Guarantees  print_value() of what was set, read again, sets the same.
// Errors      invalid_value  the message says what the key expects and what was found; nothing was
//                            set
Result<void> read_value(const ConfigKey& key, const GivenValue& given, ServerConfig& config);

// The value as YAML on one line: `30d`, `64MiB`, `"a: b"`, `["a", "b"]`.
std::string print_value(const ConfigKey& key, const ServerConfig& config);

// The value as it would be typed into a variable or flag: without quotes and brackets.
std::string plain_value(const ConfigKey& key, const ServerConfig& config);

// What the key takes, for the reference: `duration, 1m to 36500d`.
std::string expected_value(const ConfigKey& key);

}  // namespace carillon::server
