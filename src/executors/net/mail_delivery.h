// Mails on their way: from a message to a transfer to the operator's SMTP server. Pure.
#pragma once

#include "base/result.h"
#include "executors/executor_options.h"
#include "executors/net/mail_message.h"
#include "executors/net/transfer_engine.h"

namespace carillon {

// Errors  unavailable    no SMTP server is configured
//         invalid_value  an address is not one
Result<TransferRequest> mail_transfer(const SmtpOptions& smtp, MailMessage message);

}  // namespace carillon
