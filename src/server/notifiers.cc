#include "server/notifiers.h"

#include <future>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/json_writer.h"
#include "domain/words.h"
#include "executors/net/webhook_signature.h"

namespace carillon::server {
namespace {

constexpr int kTries = 3;

}  // namespace

Result<void> LogNotifier::tell(const Notification& notification) {
  log_.warn("notification", {{"kind", std::string(word_of(notification.kind))},
                             {"task", to_text(notification.task)},
                             {"name", notification.task_name},
                             {"title", notification.title},
                             {"detail", notification.detail}});
  return {};
}

Result<void> WebhookNotifier::post(const TransferRequest& request) {
  std::promise<TransferResult> promise;
  transfers_.submit(request, [&](TransferResult result) { promise.set_value(std::move(result)); });
  const TransferResult result = promise.get_future().get();
  if (!result) return fail(ErrorCode::unavailable, result.error().message);
  if (result->status / 100 == 2) return {};
  return fail(ErrorCode::unavailable,
              fmt::format("The webhook answered with status {}.", result->status));
}

Result<void> WebhookNotifier::tell(const Notification& notification) {
  TransferRequest request{.method = "POST", .url = target_.url, .trust = Trust::configuration};
  request.body = to_json(notification);
  const std::string id = fmt::format("{:016x}", siphash_2_4(request.body));
  request.headers = {{"content-type", "application/json"}, {"webhook-id", id}};
  const Instant now = clock_.wall();
  request.headers.emplace_back("webhook-timestamp", std::to_string(now.unix_ms() / 1000));
  if (!target_.key.empty()) {
    request.headers.emplace_back("webhook-signature",
                                 webhook_signature(target_.key, id, now, request.body));
  }
  Result<void> result = post(request);
  for (int again = 1; again < kTries && !result; ++again) result = post(request);
  return result;
}

}  // namespace carillon::server
