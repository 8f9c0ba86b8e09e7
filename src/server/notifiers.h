// Who hears of failures and recoveries: the log, and a webhook if one is configured.
#pragma once

#include <string>

#include "executors/net/transfer_engine.h"
#include "ports/clock.h"
#include "ports/notifier.h"
#include "server/log.h"

namespace carillon::server {

class LogNotifier final : public Notifier {
 public:
  explicit LogNotifier(Log& log) : log_(log) {}
  Result<void> tell(const Notification& notification) override;

 private:
  Log& log_;
};

// Posts each notification as JSON, signed as Standard Webhooks asks for when there is a secret;
// tries three times.
class WebhookNotifier final : public Notifier {
 public:
  struct Target {
    std::string url;
    std::string key;  // Of the signature; empty: unsigned.
  };
  WebhookNotifier(TransferEngine& transfers, const Clock& clock, Target target)
      : transfers_(transfers), clock_(clock), target_(std::move(target)) {}

  Result<void> tell(const Notification& notification) override;

 private:
  Result<void> post(const TransferRequest& request);

  TransferEngine& transfers_;
  const Clock& clock_;
  const Target target_;
};

}  // namespace carillon::server
