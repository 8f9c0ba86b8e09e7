#include "api/exchange.h"

#include <utility>

#include "api/api_context.h"
#include "api/messages/problem_answer.h"

namespace carillon::api {

Exchange::Exchange(ApiContext& context, http::Request request, http::Responder responder)
    : context_(&context),
      request_(std::move(request)),
      responder_(std::move(responder)),
      began_ns_(context.clock.monotonic_ns()) {}

Gateway& Exchange::gateway() const { return context_->gateway; }

void Exchange::learn(const Route& route, std::string parameter) {
  route_ = &route;
  parameter_ = std::move(parameter);
}

void Exchange::send(http::Response response) {
  report(response.status);
  responder_.send(std::move(response));
}

void Exchange::send_json(std::string body) { send({.status = 200, .body = std::move(body)}); }

void Exchange::refuse(const Error& error) { refuse(Problem{.error = error, .details = {}}); }

void Exchange::refuse(const Problem& problem) { send(problem_answer(problem, request_)); }

std::shared_ptr<http::Stream> Exchange::open_stream(http::Response head) {
  if (request_.method == http::Method::head) {
    send(std::move(head));
    return nullptr;
  }
  report(head.status);
  return responder_.open_stream(std::move(head));
}

void Exchange::report(std::uint16_t status) const {
  context_->observer.on_answered(
      {.route = route_ != nullptr ? route_->pattern : "unmatched",
       .method = request_.method == http::Method::other ? "OTHER" : request_.method_text,
       .status = status,
       .duration_ns = context_->clock.monotonic_ns() - began_ns_});
}

}  // namespace carillon::api
