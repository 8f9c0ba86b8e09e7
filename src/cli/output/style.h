// How output may look: its format, and whether colour is allowed. Values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace carillon::cli {

// table is for people; the others are contracts with programs.
enum class OutputFormat : std::uint8_t { table, tsv, json, jsonl, yaml, name };

std::optional<OutputFormat> output_format_from_word(std::string_view word);

enum class Colour : std::uint8_t { off, on };

// What a text means, which decides its colour.
enum class Tone : std::uint8_t { plain, strong, good, bad, active, waiting, faint };

// The text with terminal colour around it, or as it is with Colour::off. The text must be escaped.
std::string toned(std::string_view text, Tone tone, Colour colour);

// The tone of a status or disposition word such as COMPLETED; plain for a word that is not known.
Tone tone_of_status(std::string_view status);

// Columns a terminal needs for the text: code points, wide East Asian ones and emoji as two.
std::size_t display_width(std::string_view utf8);

// The longest front of the text that fits, with an ellipsis where something was cut.
std::string fitted(std::string_view utf8, std::size_t columns);

}  // namespace carillon::cli
