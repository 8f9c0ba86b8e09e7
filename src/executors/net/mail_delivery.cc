#include "executors/net/mail_delivery.h"

#include <utility>

namespace carillon {

Result<TransferRequest> mail_transfer(const SmtpOptions& smtp, MailMessage message) {
  if (smtp.url.empty() || smtp.from.empty()) {
    return fail(ErrorCode::unavailable, "This server has no mail server.",
                "Set executors.smtp.url and executors.smtp.from.");
  }
  message.from = smtp.from;
  if (auto checked = check_mail_address(message.from); !checked) {
    return std::unexpected(checked.error());
  }
  for (const std::string& to : message.to) {
    if (auto checked = check_mail_address(to); !checked) return std::unexpected(checked.error());
  }
  TransferRequest request{.url = smtp.url,
                          .body = to_mime(message),
                          .timeout = Duration::minutes(1),
                          .trust = Trust::configuration};
  request.mail = MailEnvelope{
      .from = smtp.from, .to = std::move(message.to), .user = smtp.user, .password = smtp.password};
  return request;
}

}  // namespace carillon
