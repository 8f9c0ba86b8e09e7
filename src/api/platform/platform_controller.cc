#include "api/platform/platform_controller.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "api/api_context.h"
#include "api/messages/command_bodies.h"
#include "api/messages/problem_answer.h"
#include "api/messages/query.h"
#include "api/messages/request_reader.h"
#include "api/platform/embedded_files.h"
#include "api/platform/problem_page.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "domain/words.h"

namespace carillon::api {
namespace {

enum class Detail : std::uint8_t { brief, verbose };

void send_health(Exchange& exchange, const std::vector<HealthCheck>& checks, Detail detail) {
  const bool well = std::ranges::all_of(checks, [](const HealthCheck& check) { return check.ok; });
  std::string out = well ? R"({"status":"ok")" : R"({"status":"unavailable")";
  if (detail == Detail::verbose || !well) {
    out += R"(,"checks":[)";
    for (const HealthCheck& check : checks) {
      if (detail == Detail::brief && check.ok) continue;
      if (out.back() != '[') out.push_back(',');
      out += R"({"name":)" + to_json(check.name) + R"(,"ok":)" + to_json(check.ok);
      out += R"(,"detail":)" + to_json(check.detail) + "}";
    }
    out += "]";
  }
  http::Response response{.status = static_cast<std::uint16_t>(well ? 200 : 503),
                          .body = out + "}"};
  if (!well) response.with("Retry-After", "1");
  exchange.send(std::move(response));
}

std::vector<HealthCheck> checks_of(ApiContext& context) {
  std::vector<HealthCheck> checks = context.gateway.health();
  if (std::ranges::all_of(checks, [](const HealthCheck& check) { return check.ok; })) {
    context.started = true;
  }
  if (context.draining) {
    checks.push_back({.name = "drain", .ok = false, .detail = "The server is shutting down."});
  }
  return checks;
}

// True for a browser; programs get JSON.
bool prefers_html(const http::Request& request) {
  const std::string_view accept = request.headers.find("Accept").value_or("");
  return accept.find("text/html") != std::string_view::npos;
}

http::Response html_page(std::string body) {
  http::Response response{.content_type = "text/html; charset=utf-8", .body = std::move(body)};
  response.with("Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
                "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  return response;
}

}  // namespace

void PlatformController::livez(Exchange exchange) { send_health(exchange, {}, Detail::brief); }

void PlatformController::readyz(Exchange exchange) {
  Query query(exchange.request(), {"verbose"});
  const Detail detail = query.flag("verbose") == Switch::on ? Detail::verbose : Detail::brief;
  if (!query.is_fine()) return exchange.refuse(query.problem());
  send_health(exchange, checks_of(exchange.context()), detail);
}

void PlatformController::startupz(Exchange exchange) {
  ApiContext& context = exchange.context();
  const std::vector<HealthCheck> checks = checks_of(context);
  send_health(exchange, context.started ? std::vector<HealthCheck>{} : checks, Detail::brief);
}

void PlatformController::metrics(Exchange exchange) {
  const ApiContext& context = exchange.context();
  exchange.send({.content_type = "text/plain; version=0.0.4; charset=utf-8",
                 .body = context.gateway.metrics() + context.observer.exposition()});
}

void PlatformController::version(Exchange exchange) {
  exchange.send_json(R"({"name":"carillon","version":")" CARILLON_VERSION R"(","api":"v1"})");
}

void PlatformController::openapi(Exchange exchange) {
  exchange.send_json(std::string(kOpenApiJson));
}

void PlatformController::docs(Exchange exchange) {
  exchange.send(html_page(std::string(kDocsPage)));
}

void PlatformController::explain_problem(Exchange exchange) {
  const auto code = error_code_from_word(exchange.parameter());
  if (!code) {
    return exchange.refuse(
        Error{.code = ErrorCode::not_found,
              .message = fmt::format("There is no problem '{}'.",
                                     escape_control(exchange.parameter().substr(0, 80))),
              .hint = "All codes are listed in docs/reference/problems.md."});
  }
  const ErrorInfo& info = error_info(*code);
  if (prefers_html(exchange.request())) return exchange.send(html_page(problem_html(info)));
  exchange.send_json(problem_json(info));
}

void PlatformController::list_types(Exchange exchange) {
  const Query query(exchange.request(), {});
  if (!query.is_fine()) return exchange.refuse(query.problem());
  std::string out = R"({"items":[)";
  for (const TypeDescription& type : exchange.gateway().task_types()) {
    if (out.back() != '[') out.push_back(',');
    out += R"({"name":)" + to_json(type.name) + R"(,"summary":)" + to_json(type.summary);
    out += R"(,"lane":)" + to_json(type.lane);
    out += R"(,"parametersSchema":)" + to_json(JsonText(type.schema_json));
    out += R"(,"example":)" + to_json(JsonText(type.example_json)) + "}";
  }
  exchange.send_json(out + "]}");
}

void PlatformController::backup(Exchange exchange) {
  if (!is_loopback_address(exchange.request().remote_address)) {
    return exchange.refuse(Error{.code = ErrorCode::forbidden,
                                 .message = "A backup can be asked for on the server only.",
                                 .hint = "Send the request from the machine that it runs on."});
  }
  const Query query(exchange.request(), {});
  if (!query.is_fine()) return exchange.refuse(query.problem());
  const auto text = body_of(exchange.request(), BodyForm::json);
  if (!text) return exchange.refuse(text.error());
  const auto body = read_body<BackupBody>(*text);
  if (!body) return exchange.refuse(problem_of(body.error()));
  if (!body->folder.starts_with('/')) {
    return exchange.refuse(Error{
        .code = body->folder.empty() ? ErrorCode::missing_field : ErrorCode::invalid_value,
        .message = body->folder.empty() ? "The folder is missing." : "The folder is not absolute.",
        .hint = R"(Write {"folder": "/var/backups/carillon/today"}; it must not exist yet.)",
        .pointer = "/folder"});
  }
  if (auto done = exchange.gateway().backup(body->folder); !done) {
    return exchange.refuse(done.error());
  }
  exchange.send({.status = 201, .body = R"({"folder":)" + to_json(body->folder) + "}"});
}

}  // namespace carillon::api
