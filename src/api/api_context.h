// What all exchanges share. Made once by the Api; private to this room.
#pragma once

#include <atomic>

#include "api/access_guard.h"
#include "api/api.h"
#include "api/events/stream_pump.h"
#include "api/events/topic_tail.h"
#include "api/messages/page_tokens.h"
#include "api/reader_pool.h"
#include "api/router.h"
#include "ports/clock.h"
#include "runtime/gateway.h"

namespace carillon::api {

struct ApiContext {
  ApiContext(ApiOptions options, ApiPorts ports);

  Gateway& gateway;
  const Clock& clock;
  RequestObserver& observer;
  AccessGuard access;
  PageTokens page_tokens;
  Router router;
  Duration log_poll;
  std::atomic<bool> draining = false;
  std::atomic<bool> started = false;  // All checks were well once.
  // In this order: streams read the tail, and the tail wakes the pump.
  StreamPump pump;
  TopicTail tail;
  ReaderPool readers;
};

}  // namespace carillon::api
