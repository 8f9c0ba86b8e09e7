// Exchange: one request on its way to its answer. Move-only; answers exactly once.
//
// Any thread, one at a time: it travels with the work, from the transport to the gateway's reply.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "api/access_guard.h"
#include "api/http/request.h"
#include "api/http/responder.h"
#include "api/http/response.h"
#include "api/route.h"
#include "runtime/gateway.h"

namespace carillon::api {

struct ApiContext;

class Exchange {
 public:
  // Requires  the context outlives the exchange.
  Exchange(ApiContext& context, http::Request request, http::Responder responder);

  [[nodiscard]] const http::Request& request() const { return request_; }
  [[nodiscard]] ApiContext& context() const { return *context_; }
  [[nodiscard]] Gateway& gateway() const;

  // What the router and the guard found out.
  void learn(const Route& route, std::string parameter);
  void learn(Identity identity) { identity_ = std::move(identity); }
  // Requires  there is a route, as there is for every handler.
  [[nodiscard]] const Route& route() const { return *route_; }
  [[nodiscard]] const Identity& identity() const { return identity_; }
  // What stands in the address for the pattern's `{…}`.
  [[nodiscard]] const std::string& parameter() const { return parameter_; }

  // Where the answer is best made; none if that is anywhere.
  [[nodiscard]] WorkQueue* home() const { return responder_.home(); }

  void send(http::Response response);
  void send_json(std::string body);
  // Answers with a problem document.
  void refuse(const Error& error);
  void refuse(const Problem& problem);
  // Answers with a stream; returns none for HEAD, which was answered by the head alone.
  std::shared_ptr<http::Stream> open_stream(http::Response head);

 private:
  void report(std::uint16_t status) const;

  ApiContext* context_;
  http::Request request_;
  http::Responder responder_;
  const Route* route_ = nullptr;
  std::string parameter_;
  Identity identity_;
  std::int64_t began_ns_;
};

}  // namespace carillon::api
