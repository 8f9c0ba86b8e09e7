// Result<T>: a value, or the Error that the world or a user caused. Value type, no exceptions.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "base/error.h"

namespace carillon {

template <class T>
using Result = std::expected<T, Error>;

// Shorthand for `return std::unexpected(Error{...})`.
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message,
                                                 std::string hint = {}) {
  return std::unexpected(
      Error{.code = code, .message = std::move(message), .hint = std::move(hint)});
}

[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
  return std::unexpected(std::move(error));
}

}  // namespace carillon
