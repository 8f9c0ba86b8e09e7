#include "api/events/event_streams.h"

#include <utility>

#include "api/api_context.h"

namespace carillon::api {

void start_event_stream(Exchange& exchange, std::unique_ptr<StreamSource> source) {
  StreamPump& pump = exchange.context().pump;
  if (!pump.has_room()) {
    return exchange.refuse(Error{.code = ErrorCode::overloaded,
                                 .message = "Too many event streams are open.",
                                 .hint = "Close one, or read pages with after= instead."});
  }
  // The comment makes proxies and clients see the stream before its first event.
  http::Response head{.content_type = "text/event-stream", .body = ":\n\n"};
  head.with("Cache-Control", "no-cache").with("X-Accel-Buffering", "no");
  if (auto stream = exchange.open_stream(std::move(head))) {
    pump.add(std::move(stream), std::move(source));
  }
}

}  // namespace carillon::api
