#include "executors/net/http_exchange.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/text.h"

namespace carillon {
namespace {

// Scheme, host and port: what credentials belong to.
std::string origin_of(const std::string& url) {
  const std::unique_ptr<CURLU, decltype([](CURLU* u) { curl_url_cleanup(u); })> parsed(curl_url());
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return {};
  std::string origin;
  for (const CURLUPart part : {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT}) {
    char* text = nullptr;
    if (curl_url_get(parsed.get(), part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
    origin += lower_ascii(text) + "|";
    curl_free(text);
  }
  return origin;
}

bool is_credential(std::string_view name) {
  return equal_ignoring_case(name, "authorization") || equal_ignoring_case(name, "cookie") ||
         equal_ignoring_case(name, "proxy-authorization") || lower_ascii(name).starts_with("x-api");
}

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(TransferEngine& engine, std::shared_ptr<AttemptContext> context, Redirects redirects,
           OnTransfer on_end)
      : engine_(engine),
        context_(std::move(context)),
        redirects_(redirects),
        on_end_(std::move(on_end)) {}

  void send(TransferRequest request) {
    // An abort alone would come too late for a transfer that is over in no time.
    if (context_->stop().asked()) {
      on_end_(std::unexpected(
          TransferFailure{.fault = TransferFault::aborted, .message = "It was stopped before."}));
      return;
    }
    request_ = request;
    const auto self = shared_from_this();
    const TransferId id = engine_.submit(
        std::move(request), [self](TransferResult result) { self->take(std::move(result)); });
    TransferEngine& engine = engine_;
    // A signal that was raised meanwhile reacts at once.
    context_->stop().react([&engine, id](StopStage) { engine.abort(id); });
  }

 private:
  void take(TransferResult result) {
    auto next =
        result && redirects_ == Redirects::follow ? next_hop(request_, *result) : std::nullopt;
    if (!next) {
      on_end_(std::move(result));
      return;
    }
    if (++hops_ > kRedirectsMax) {
      on_end_(std::unexpected(TransferFailure{
          .fault = TransferFault::broken,
          .message = fmt::format("More than {} redirects in a row.", kRedirectsMax)}));
      return;
    }
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begun_);
    next->timeout = std::max(request_.timeout - Duration::milliseconds(spent.count()), Duration{});
    begun_ = std::chrono::steady_clock::now();
    send(std::move(*next));
  }

  TransferEngine& engine_;
  const std::shared_ptr<AttemptContext> context_;
  const Redirects redirects_;
  const OnTransfer on_end_;
  TransferRequest request_;
  int hops_ = 0;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace

std::optional<TransferRequest> next_hop(const TransferRequest& request,
                                        const TransferAnswer& answer) {
  const long status = answer.status;
  const bool is_redirect =
      status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  if (!is_redirect || answer.redirect_url.empty()) return std::nullopt;
  TransferRequest next = request;
  next.url = answer.redirect_url;
  const bool post_moves = (status == 301 || status == 302) && request.method == "POST";
  if ((status == 303 && request.method != "HEAD") || post_moves) {
    next.method = "GET";
    next.body.clear();
    std::erase_if(next.headers, [](const auto& header) {
      return lower_ascii(header.first).starts_with("content-");
    });
  }
  if (origin_of(request.url) != origin_of(next.url)) {
    std::erase_if(next.headers, [](const auto& header) { return is_credential(header.first); });
  }
  return next;
}

void exchange(TransferEngine& engine, const std::shared_ptr<AttemptContext>& context,
              HttpExchange what, OnTransfer on_end) {
  std::make_shared<Exchange>(engine, context, what.redirects, std::move(on_end))
      ->send(std::move(what.request));
}

AttemptEnding ending_of(const TransferFailure& failure) {
  switch (failure.fault) {
    case TransferFault::aborted:
      return Cancelled{.reason = "The request was stopped."};
    case TransferFault::timed_out:
      return Failed{.code = "request-timed-out", .message = failure.message};
    case TransferFault::refused:
      return Failed{
          .code = "address-refused", .message = failure.message, .repeat = Repeat::useless};
    case TransferFault::bad_request:
      return Failed{.code = "bad-request", .message = failure.message, .repeat = Repeat::useless};
    case TransferFault::unreachable:
      return Failed{.code = "unreachable", .message = failure.message};
    case TransferFault::broken:
      return Failed{.code = "transfer-failed", .message = failure.message};
  }
  std::unreachable();
}

}  // namespace carillon
