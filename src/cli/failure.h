// Failure: why a command stops, ready for a person: a sentence, what to do, and the exit code.
// Value.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "cli/exit_code.h"

namespace carillon::cli {

struct Failure {
  ExitCode exit = ExitCode::failed;
  std::string message;
  std::string hint;                     // May be empty.
  std::vector<std::string> details;     // One line per field at fault; may be empty.
  std::string source;                   // The text that was parsed, if a column points into it.
  std::optional<std::uint32_t> column;  // 1-based column in source.
  std::string request_id;               // The server's name for the request; may be empty.

  friend bool operator==(const Failure&, const Failure&) = default;
};

template <class T>
using CliResult = std::expected<T, Failure>;

// Shorthand for `return std::unexpected(Failure{...})`.
[[nodiscard]] inline std::unexpected<Failure> give_up(ExitCode exit, std::string message,
                                                      std::string hint = {}) {
  return std::unexpected(
      Failure{.exit = exit, .message = std::move(message), .hint = std::move(hint)});
}

[[nodiscard]] inline std::unexpected<Failure> give_up(Failure failure) {
  return std::unexpected(std::move(failure));
}

// An error of the base room with the exit code of its row in the error table.
Failure to_failure(const Error& error);

// The answer of a server that refused, as a failure. Reads application/problem+json (RFC 9457) and
// falls back to the status when the body is something else. `source` is the text that a position in
// the problem points into, such as a cron expression.
Failure problem_failure(int http_status, std::string_view body, std::string_view source);

// Lines for stderr, each ending with a newline: the message, the source with a caret below the
// column, the fields at fault and the hint. Control characters are escaped.
std::string failure_text(const Failure& failure);

}  // namespace carillon::cli
