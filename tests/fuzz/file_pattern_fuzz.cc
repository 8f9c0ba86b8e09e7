// A file pattern and a path, on two lines: the pattern is refused, or matches exactly the paths
// that a naive second reading says, because a cleanup removes what matches.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "executors/files/file_pattern.h"

namespace {

using namespace carillon;

// The bracket that `pattern` begins with: how long it is, and whether it takes the character.
struct Bracket {
  std::size_t bytes = 0;
  bool takes = false;
};

Bracket read_bracket(std::string_view pattern, char c) {
  const std::size_t close = pattern.find(']', pattern.substr(1).starts_with('!') ? 3 : 2);
  std::string_view inside = pattern.substr(1, close - 1);
  const bool inverted = inside.starts_with('!');
  if (inverted) inside.remove_prefix(1);
  bool found = false;
  while (!inside.empty()) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(inside[at]); };
    const bool range = inside.size() >= 3 && inside[1] == '-';
    const std::uint8_t low = byte(0);
    const std::uint8_t high = byte(range ? 2 : 0);
    found = found || (static_cast<std::uint8_t>(c) >= low && static_cast<std::uint8_t>(c) <= high);
    inside.remove_prefix(range ? 3 : 1);
  }
  return {.bytes = close + 1, .takes = found != inverted && c != '/'};
}

// Depth-first; short inputs only, since stars make it costly.
bool naive_match(std::string_view pattern, std::string_view path) {
  if (pattern.empty()) return path.empty();
  if (pattern.starts_with("**/")) {
    if (naive_match(pattern.substr(3), path)) return true;
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1)) {
      if (naive_match(pattern.substr(3), path.substr(slash + 1))) return true;
    }
    return false;
  }
  const bool anywhere = pattern.starts_with("**");
  if (anywhere || pattern.front() == '*') {
    const std::string_view rest = pattern.substr(anywhere ? 2 : 1);
    for (std::size_t taken = 0; taken <= path.size(); ++taken) {
      if (naive_match(rest, path.substr(taken))) return true;
      if (!anywhere && taken < path.size() && path[taken] == '/') return false;
    }
    return false;
  }
  if (path.empty()) return false;
  if (pattern.front() == '?') {
    return path.front() != '/' && naive_match(pattern.substr(1), path.substr(1));
  }
  if (pattern.front() == '[') {
    const Bracket bracket = read_bracket(pattern, path.front());
    return bracket.takes && naive_match(pattern.substr(bracket.bytes), path.substr(1));
  }
  return pattern.front() == path.front() && naive_match(pattern.substr(1), path.substr(1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t line = bytes.find('\n');
  const std::string_view pattern = bytes.substr(0, line);
  std::string_view path = line == std::string_view::npos ? pattern : bytes.substr(line + 1);
  const auto parsed = FilePattern::parse(pattern);
  if (!parsed) return 0;
  const bool matches = parsed->matches(path);
  if (pattern.size() > 12 || path.size() > 16) return 0;
  const bool by_name = pattern.find('/') == std::string_view::npos;
  if (by_name) path = path.substr(path.rfind('/') + 1);  // npos + 1 is 0.
  CARILLON_CHECK(matches == naive_match(pattern, path), "the second reading agrees");
  return 0;
}
