#include "adapters/embedded/sqlite/search/trigram_query.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/text.h"

namespace carillon {
namespace {

// More would hardly find fewer rows, and each takes time.
constexpr std::size_t kTrigramsMax = 16;

// Where the characters begin, and the end.
std::vector<std::size_t> boundaries(std::string_view text) {
  std::vector<std::size_t> at;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) at.push_back(i);
  }
  at.push_back(text.size());
  return at;
}

// In the quotes of the query language.
void append_quoted(std::string& query, std::string_view text) {
  query.push_back('"');
  for (const char c : text) {
    if (c == '"') query.push_back('"');
    query.push_back(c);
  }
  query.push_back('"');
}

}  // namespace

std::optional<std::string> trigram_query(std::string_view text) {
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::vector<std::size_t> at = boundaries(text);
  if (at.size() < 4) return std::nullopt;
  const std::size_t trigrams = at.size() - 3;
  const std::size_t asked = std::min(trigrams, kTrigramsMax);
  std::string query;
  for (std::size_t i = 0; i < asked; ++i) {
    // Spread over the whole text, because its beginning is often what many tasks share.
    const std::size_t which = asked == 1 ? 0 : i * (trigrams - 1) / (asked - 1);
    if (i > 0) query += " AND ";
    append_quoted(query, text.substr(at[which], at[which + 3] - at[which]));
  }
  return query;
}

}  // namespace carillon
