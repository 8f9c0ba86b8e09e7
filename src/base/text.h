// Small pure text functions: trimming, splitting, case, and the nearest known name for hints.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace carillon {

// Without leading and trailing blanks, tabs, CR and LF.
std::string_view trimmed(std::string_view text);

// The parts between single separators; "a,,b" gives three parts, "" gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

// ASCII lower case.
std::string lower_ascii(std::string_view text);

bool equal_ignoring_case(std::string_view a, std::string_view b);

// The candidate with the smallest edit distance (insert, delete, replace, swap of neighbours), if
// that distance is at most a third of the longer text; empty otherwise. Case does not count.
std::string_view nearest_name(std::string_view wrong, std::span<const std::string_view> candidates);

// True when the bytes are well-formed UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view text);

// Control characters, line separators and marks of writing direction as \n, \r, \t or \uXXXX, and
// invalid UTF-8 as \xXX, so that one text stays one line and shows as what it is.
std::string escape_control(std::string_view text);

}  // namespace carillon
