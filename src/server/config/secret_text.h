// SecretText: what a `*-file` key points to. Value; nothing prints it by accident.
#pragma once

#include <string>
#include <utility>

namespace carillon::server {

class SecretText {
 public:
  SecretText() = default;
  explicit SecretText(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] bool empty() const { return text_.empty(); }

  // The secret itself, for the one place that uses it. Never for a log or an answer.
  [[nodiscard]] const std::string& reveal() const { return text_; }

  friend bool operator==(const SecretText&, const SecretText&) = default;

 private:
  std::string text_;
};

}  // namespace carillon::server
