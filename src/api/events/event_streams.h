// Opening an event stream: the one place where a request becomes a text/event-stream.
#pragma once

#include <memory>

#include "api/events/stream_source.h"
#include "api/exchange.h"

namespace carillon::api {

// Sends the head at once and feeds the stream from the source; 429 when too many are open.
void start_event_stream(Exchange& exchange, std::unique_ptr<StreamSource> source);

}  // namespace carillon::api
