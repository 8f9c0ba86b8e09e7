// One HTTP request with its redirects, each hop judged like a first request.
//
// Runs on the transfer engine; ends early when the attempt's stop signal is raised.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "executors/attempt_context.h"
#include "executors/net/transfer_engine.h"
#include "executors/task_type.h"

namespace carillon {

inline constexpr int kRedirectsMax = 5;

enum class Redirects : std::uint8_t { keep, follow };

// The request of the next hop: 303, and 301 or 302 after POST, become GET without a body;
// credentials are not sent to another origin. Nothing when the answer is not a redirect.
std::optional<TransferRequest> next_hop(const TransferRequest& request,
                                        const TransferAnswer& answer);

struct HttpExchange {
  TransferRequest request;
  Redirects redirects = Redirects::keep;
};

// Sends the request and calls `on_end` once, with the last answer or a failure. The time-out counts
// over all hops.
//
// Guarantees  keeps the context alive until on_end has returned; after a stop nothing is sent any
//             more, no further hop either
void exchange(TransferEngine& engine, const std::shared_ptr<AttemptContext>& context,
              HttpExchange what, OnTransfer on_end);

// How an attempt ends whose transfer failed. What a repeat cannot cure is failed for good.
AttemptEnding ending_of(const TransferFailure& failure);

}  // namespace carillon
