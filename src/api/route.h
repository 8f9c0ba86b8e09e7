// Route: one row of the table that ties addresses to handlers. Value.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "api/access_guard.h"
#include "api/http/request.h"

namespace carillon::api {

class Exchange;

// Handlers take the exchange over and answer it, now or later.
using RouteHandler = void (*)(Exchange exchange);

// Where a handler runs: on the transport's thread if it only asks by id or submits, else on a
// reader thread, because lists wait for their views and files take time.
enum class RunsOn : std::uint8_t { transport_thread, reader_thread };

struct Route {
  http::Method method;
  std::string_view pattern;  // `/api/v1/tasks/{id}`; at most one `{…}`.
  std::string_view operation_id;
  RouteHandler handler;
  Access access = Access::token;
  RunsOn runs_on = RunsOn::transport_thread;
};

}  // namespace carillon::api
