#include "cli/rest/url.h"

#include <iterator>

#include <fmt/format.h>

#include "base/text.h"

namespace carillon::cli {
namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string encode_url_part(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

Target& Target::with(std::string_view name, std::string_view value) {
  if (value.empty()) return *this;
  text_ += text_.find('?') == std::string::npos ? '?' : '&';
  text_ += encode_url_part(name);
  text_ += '=';
  text_ += encode_url_part(value);
  return *this;
}

CliResult<std::string> normal_server_url(std::string_view typed) {
  std::string url(trimmed(typed));
  if (url.find("://") == std::string::npos) url = "http://" + url;
  while (url.ends_with('/')) url.pop_back();
  const std::size_t host = url.find("://") + 3;
  const std::string scheme = lower_ascii(url.substr(0, host - 3));
  const bool clean = url.find_first_of(" \t\r\n?#") == std::string::npos;
  if ((scheme != "http" && scheme != "https") || host >= url.size() || url[host] == ':' || !clean) {
    return give_up(ExitCode::usage, fmt::format("'{}' is not the address of a server.", typed),
                   "Write it like http://127.0.0.1:8080.");
  }
  return url;
}

}  // namespace carillon::cli
