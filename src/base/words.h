// One word from bytes to screen: the table that ties an enumerator to the word users see. Pure.
//
// A table is a specialisation of Words<E>; all of carillon's lie in domain/words.h. JSON, the
// command line, metric labels and the ledger read the same row, so a second spelling cannot exist.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace carillon {

// Specialised per enumeration with `static constexpr std::array<std::pair<E, std::string_view>, N>
// rows`, one row per enumerator.
template <class E>
struct Words;

template <class E>
concept HasWords = requires { Words<E>::rows; };

// The word of an enumerator. Requires a row for it.
template <HasWords E>
constexpr std::string_view word_of(E value) {
  for (const auto& [enumerator, word] : Words<E>::rows) {
    if (enumerator == value) return word;
  }
  check_failed("word_of", __FILE__, __LINE__, "an enumerator has no word");
}

// The enumerator of a word; exact match only.
template <HasWords E>
constexpr std::optional<E> from_word(std::string_view text) {
  for (const auto& [enumerator, word] : Words<E>::rows) {
    if (word == text) return enumerator;
  }
  return std::nullopt;
}

// All words of a table, "a, b, c", for hints.
template <HasWords E>
std::string all_words() {
  std::string list;
  for (const auto& [enumerator, word] : Words<E>::rows) {
    if (!list.empty()) list += ", ";
    list += word;
  }
  return list;
}

}  // namespace carillon
