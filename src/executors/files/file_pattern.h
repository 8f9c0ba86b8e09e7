// FilePattern: shell-style names (`*.log`, `cache/**/*.tmp`), matched in linear time. Value.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace carillon {

class FilePattern {
 public:
  // `*` and `?` stay within one part of the path, `**` does not, `[a-z]` and `[!a]` are one
  // character other than a slash. A pattern without a slash is compared with the last part of the
  // path only.
  //
  // Errors  invalid_value  a bracket that is not closed or takes nothing, or longer than 1,000
  //                        characters
  static Result<FilePattern> parse(std::string_view pattern);

  // `path` is relative to the directory that is searched.
  [[nodiscard]] bool matches(std::string_view path) const;

 private:
  enum class Against : std::uint8_t { name, path };
  FilePattern(std::shared_ptr<const re2::RE2> expression, Against against);

  std::shared_ptr<const re2::RE2> expression_;
  Against against_;
};

}  // namespace carillon
