// Letter case taken away, so that searches find what people mean. Pure.
#pragma once

#include <string>
#include <string_view>

namespace carillon {

// The text in lower case: Latin, Greek and Cyrillic letters with a single lower-case form. Accents
// stay, other scripts and bytes that are not UTF-8 pass unchanged, and the result of folding twice
// is that of folding once.
std::string fold_case(std::string_view text);

}  // namespace carillon
