// Api: the REST interface. Takes requests from the transport, answers them by asking the Gateway.
//
// It translates HTTP to commands and reads and back, and decides nothing about tasks. Any thread
// calls handle(); answers may come later, on a thread of the gateway or of the Api's own.
#pragma once

#include <cstddef>
#include <memory>

#include "api/access_guard.h"
#include "api/http/request.h"
#include "api/http/responder.h"
#include "api/request_observer.h"
#include "base/hash.h"
#include "base/instant.h"
#include "ports/clock.h"
#include "runtime/gateway.h"

namespace carillon::api {

struct ApiOptions {
  AccessOptions access;
  SipKey page_token_key;  // Secret; page tokens outlive a restart if the key does.
  unsigned reader_threads = 2;
  std::size_t reads_waiting_max = 1024;             // 429 beyond
  std::size_t streams_max = 1000;                   // 429 beyond
  Duration heartbeat = Duration::seconds(15);       // Of a quiet stream.
  Duration log_poll = Duration::milliseconds(250);  // Of a log that is followed.
};

struct ApiPorts {
  Gateway& gateway;
  const Clock& clock;
  RequestObserver& observer;
};

struct ApiContext;

class Api {
 public:
  Api(ApiOptions options, ApiPorts ports);
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  // Requires  the transport was stopped and the gateway owes no reply.
  ~Api();

  // Answers a request, now or later. Does not block: whatever may wait runs on reader threads.
  void handle(http::Request&& request, http::Responder responder);

  // From now on /readyz says 503, so that load balancers look elsewhere.
  void begin_drain();

 private:
  std::unique_ptr<ApiContext> context_;
};

}  // namespace carillon::api
