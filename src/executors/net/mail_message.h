// A mail as SMTP carries it: headers and a base64 body (RFC 5322, RFC 2047). Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace carillon {

struct MailMessage {
  std::string from;
  std::vector<std::string> to;
  std::string subject;
  std::string content_type = "text/plain";
  std::string body;
  std::string id;  // Left part of Message-ID; the same for repeats of one message.
  Instant at;
};

// Errors  invalid_value  an address with blanks, control characters or angle brackets, or without @
Result<void> check_mail_address(std::string_view address);

// The message with CRLF line ends. Control characters cannot leave their header.
//
// Requires  every address passed check_mail_address
std::string to_mime(const MailMessage& message);

}  // namespace carillon
