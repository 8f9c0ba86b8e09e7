#include "executors/files/file_pattern.h"

#include <bitset>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/text.h"

namespace carillon {
namespace {

constexpr std::size_t kPatternBytes = 1000;

std::unexpected<Error> bad_pattern(std::string_view pattern) {
  return fail(ErrorCode::invalid_value,
              fmt::format("{} is not a file pattern.", escape_control(pattern)),
              "Use *, **, ? and [a-z], for example *.log.");
}

using Characters = std::bitset<256>;

// The characters of a list as a bracket holds them, `a-z_`; nothing for a range that runs
// backwards.
std::optional<Characters> listed(std::string_view list) {
  Characters characters;
  while (!list.empty()) {
    const bool is_range = list.size() >= 3 && list[1] == '-';
    const auto low = static_cast<std::uint8_t>(list.front());
    const auto high = static_cast<std::uint8_t>(is_range ? list[2] : list.front());
    if (low > high) return std::nullopt;
    for (std::size_t c = low; c <= high; ++c) characters.set(c);
    list.remove_prefix(is_range ? 3 : 1);
  }
  return characters;
}

// Appends the expression for a bracket that opens at `at` and moves behind it. As a shell reads it:
// a `]` right at the front is one of the characters, and a slash never is.
bool append_bracket(std::string& expression, std::string_view pattern, std::size_t& at) {
  const bool is_inverted = pattern.substr(at + 1).starts_with('!');
  const std::size_t begin = at + (is_inverted ? 2 : 1);
  const std::size_t close = pattern.find(']', begin + 1);
  if (close == std::string_view::npos) return false;
  auto characters = listed(pattern.substr(begin, close - begin));
  if (!characters) return false;
  if (is_inverted) characters->flip();
  characters->reset('/');
  if (characters->none()) return false;
  expression += '[';
  for (std::size_t c = 0; c < characters->size(); ++c) {
    if (characters->test(c)) fmt::format_to(std::back_inserter(expression), "\\x{:02x}", c);
  }
  expression += ']';
  at = close + 1;
  return true;
}

}  // namespace

FilePattern::FilePattern(std::shared_ptr<const re2::RE2> expression, Against against)
    : expression_(std::move(expression)), against_(against) {}

Result<FilePattern> FilePattern::parse(std::string_view pattern) {
  if (pattern.empty() || pattern.size() > kPatternBytes) return bad_pattern(pattern);
  std::string expression;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern.substr(at).starts_with("**/")) {
      expression += "(?:.*/)?";
      at += 3;
    } else if (pattern.substr(at).starts_with("**")) {
      expression += ".*";
      at += 2;
    } else if (pattern[at] == '[') {
      if (!append_bracket(expression, pattern, at)) return bad_pattern(pattern);
    } else {
      const char c = pattern[at++];
      expression += c == '*' ? "[^/]*" : c == '?' ? "[^/]" : re2::RE2::QuoteMeta(std::string(1, c));
    }
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_encoding(re2::RE2::Options::EncodingLatin1);  // Names are bytes.
  auto compiled = std::make_shared<const re2::RE2>(expression, options);
  if (!compiled->ok()) return bad_pattern(pattern);
  const Against against =
      pattern.find('/') == std::string_view::npos ? Against::name : Against::path;
  return FilePattern(std::move(compiled), against);
}

bool FilePattern::matches(std::string_view path) const {
  const std::size_t slash = path.rfind('/');
  if (against_ == Against::name && slash != std::string_view::npos) path = path.substr(slash + 1);
  return re2::RE2::FullMatch({path.data(), path.size()}, *expression_);
}

}  // namespace carillon
