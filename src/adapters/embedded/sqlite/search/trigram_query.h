// What the search index is asked for a text. Pure; adapter internals.
//
// The index knows which trigrams a task has, not where: a row that has them all may still lack the
// text, so whoever asks looks at the rows it finds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace carillon {

// The query that finds every row with the text; none for a text that the index cannot find: fewer
// than three characters, a zero byte, not UTF-8.
std::optional<std::string> trigram_query(std::string_view text);

}  // namespace carillon
