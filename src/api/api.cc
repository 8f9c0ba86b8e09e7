#include "api/api.h"

#include <utility>

#include <fmt/format.h>

#include "api/api_context.h"
#include "api/exchange.h"
#include "api/messages/problem_answer.h"
#include "api/routes.h"
#include "base/text.h"

namespace carillon::api {
namespace {

// No message needs more of a path that may have 16 KiB.
constexpr std::size_t kShownPathBytes = 200;

std::string shown_path(const http::Request& request) {
  return escape_control(request.path().substr(0, kShownPathBytes));
}

Error no_such_address(const Router& router, const http::Request& request) {
  const std::string_view nearest = router.nearest_pattern(request.path());
  return {.code = ErrorCode::not_found,
          .message = fmt::format("There is nothing at {}.", shown_path(request)),
          .hint = nearest.empty()
                      ? "All addresses are listed at /docs."
                      : fmt::format("Did you mean {}? All are listed at /docs.", nearest)};
}

void refuse_method(Exchange& exchange, const std::string& allow) {
  const http::Request& request = exchange.request();
  const Error error{.code = ErrorCode::method_not_allowed,
                    .message = fmt::format("{} does not take {}.", shown_path(request),
                                           escape_control(request.method_text)),
                    .hint = fmt::format("It takes {}.", allow)};
  http::Response response = problem_answer({.error = error, .details = {}}, request);
  response.with("Allow", allow);
  exchange.send(std::move(response));
}

void refuse_caller(Exchange& exchange, const Error& error) {
  http::Response response = problem_answer({.error = error, .details = {}}, exchange.request());
  if (error.code == ErrorCode::unauthorized) {
    response.with("WWW-Authenticate", "Bearer realm=\"carillon\"");
  }
  exchange.send(std::move(response));
}

}  // namespace

ApiContext::ApiContext(ApiOptions options, ApiPorts ports)
    : gateway(ports.gateway),
      clock(ports.clock),
      observer(ports.observer),
      access(std::move(options.access)),
      page_tokens(options.page_token_key),
      router(routes()),
      log_poll(options.log_poll),
      pump({.heartbeat = options.heartbeat, .streams_max = options.streams_max}),
      tail(ports.gateway, [this] { pump.wake(); }),
      readers({.threads = options.reader_threads, .waiting_max = options.reads_waiting_max}) {}

Api::Api(ApiOptions options, ApiPorts ports)
    : context_(std::make_unique<ApiContext>(std::move(options), ports)) {}

Api::~Api() {
  // Both hold exchanges or sources that look into the rest of the context.
  context_->readers.stop();
  context_->pump.stop();
}

void Api::handle(http::Request&& request, http::Responder responder) {
  Exchange exchange(*context_, std::move(request), std::move(responder));
  RouteMatch match = context_->router.match(exchange.request().method, exchange.request().path());
  // Who is not let in does not learn which addresses there are.
  const Access needed = match.route != nullptr ? match.route->access : Access::token;
  if (match.route != nullptr) exchange.learn(*match.route, std::move(match.parameter));
  auto identity = context_->access.admit(exchange.request(), needed);
  if (!identity) return refuse_caller(exchange, identity.error());
  if (match.route == nullptr && !match.allow.empty()) return refuse_method(exchange, match.allow);
  if (match.route == nullptr) {
    return exchange.refuse(no_such_address(context_->router, exchange.request()));
  }
  exchange.learn(*std::move(identity));
  switch (match.route->runs_on) {
    case RunsOn::transport_thread:
      return match.route->handler(std::move(exchange));
    case RunsOn::reader_thread:
      return context_->readers.run(std::move(exchange));
  }
}

void Api::begin_drain() { context_->draining = true; }

}  // namespace carillon::api
