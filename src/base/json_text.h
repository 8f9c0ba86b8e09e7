// JsonText: one JSON value as text that was checked when it entered, kept as the sender wrote it.
//
// Value. Rooms that know no JSON library carry it without looking inside, so 64-bit integers,
// unicode and nesting survive exactly. Only the edge (codec/) makes one from foreign bytes.
#pragma once

#include <compare>
#include <string>
#include <utility>

namespace carillon {

class JsonText {
 public:
  JsonText() = default;
  // Requires text to be one valid JSON value without surrounding blanks.
  explicit JsonText(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  friend auto operator<=>(const JsonText&, const JsonText&) = default;

 private:
  std::string text_;
};

}  // namespace carillon
