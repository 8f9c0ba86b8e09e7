#include "executors/net/mail_message.h"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/text.h"
#include "executors/cut_text.h"
#include "executors/net/webhook_signature.h"

namespace carillon {
namespace {

constexpr std::size_t kLineBytes = 76;
constexpr std::size_t kWordBytes = 45;  // Becomes 60 characters of base64 in an encoded word.

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

// A header value in encoded words, folded between characters.
std::string header_text(std::string_view text) {
  if (is_plain(text) && text.size() <= kLineBytes * 4) return std::string(text);
  const std::string safe = escape_control(text);
  std::string out;
  for (std::string_view rest = safe; !rest.empty();) {
    const std::string_view word = utf8_prefix(rest, kWordBytes);
    if (!out.empty()) out += "\r\n ";
    out += fmt::format("=?UTF-8?B?{}?=", to_base64(word));
    rest.remove_prefix(word.size());
  }
  return out;
}

}  // namespace

Result<void> check_mail_address(std::string_view address) {
  const bool has_bad = std::ranges::any_of(address, [](char c) {
    return c <= ' ' || c == '<' || c == '>' || c == ',' || c == ';' || c == 0x7F;
  });
  const std::size_t at = address.find('@');
  if (!has_bad && at != std::string_view::npos && at > 0 && at + 1 < address.size() &&
      address.size() <= 254) {
    return {};
  }
  return fail(ErrorCode::invalid_value,
              fmt::format("{} is not a mail address.", escape_control(address)),
              "Write only the address, for example ops@example.com.");
}

std::string to_mime(const MailMessage& message) {
  const auto seconds = static_cast<std::time_t>(message.at.unix_ms() / 1000);
  std::string out = fmt::format(
      "Date: {:%a, %d %b %Y %H:%M:%S} +0000\r\nFrom: {}\r\nTo: {}\r\nSubject: {}\r\n"
      "Message-ID: <{}@carillon>\r\nMIME-Version: 1.0\r\nContent-Type: {}; charset=utf-8\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n",
      fmt::gmtime(seconds), message.from, fmt::join(message.to, ",\r\n "),
      header_text(message.subject), message.id, message.content_type);
  const std::string body = to_base64(message.body);
  for (std::size_t at = 0; at < body.size(); at += kLineBytes) {
    out += std::string_view(body).substr(at, kLineBytes);
    out += "\r\n";
  }
  return out;
}

}  // namespace carillon
