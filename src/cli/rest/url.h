// Building request targets. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "cli/failure.h"

namespace carillon::cli {

// Percent-encodes everything but the unreserved characters of RFC 3986.
std::string encode_url_part(std::string_view text);

// A path with a growing query; empty values are left out.
class Target {
 public:
  explicit Target(std::string path) : text_(std::move(path)) {}

  Target& with(std::string_view name, std::string_view value);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// The address of a server without a final slash; `localhost:8080` gets http://.
//
// Errors  usage  not http or https, or no host
CliResult<std::string> normal_server_url(std::string_view typed);

}  // namespace carillon::cli
