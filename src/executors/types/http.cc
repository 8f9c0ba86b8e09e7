#include "executors/types/http.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "executors/ending_report.h"
#include "executors/executor_options.h"
#include "executors/json_text_of.h"
#include "executors/net/http_answer.h"
#include "executors/net/http_exchange.h"
#include "executors/parameters.h"
#include "executors/template_text.h"

namespace carillon {
namespace json = boost::json;
namespace {

constexpr TypeInfo kInfo{
    .name = "http",
    .lane = Lane::http,
    .summary = "Sends one HTTP request; 2xx means done.",
    .parameter_schema = R"({"type": "object", "required": ["url"], "properties": {
      "url": {"type": "string", "minLength": 1, "maxLength": 8000,
        "description": "an http or https address, in full"},
      "method": {"enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        "default": "GET", "description": "GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS"},
      "headers": {"type": "object", "maxProperties": 50,
        "additionalProperties": {"type": "string", "maxLength": 8000},
        "description": "names and values; Idempotency-Key and X-Carillon-* are added"},
      "body": {"description": "a text as it is, or any other value as JSON"},
      "expectedStatus": {"anyOf": [
          {"type": "integer", "minimum": 100, "maximum": 599},
          {"type": "array", "maxItems": 50,
            "items": {"type": "integer", "minimum": 100, "maximum": 599}}],
        "description": "a status or list of statuses that mean done, instead of 2xx"},
      "retryableStatus": {"type": "array", "maxItems": 50,
        "items": {"type": "integer", "minimum": 100, "maximum": 599},
        "description": "statuses worth another attempt, besides 408, 425, 429 and 5xx"},
      "timeoutMs": {"type": "integer", "minimum": 1, "maximum": 3600000, "default": 30000,
        "description": "how long the whole request may take, in milliseconds"},
      "followRedirects": {"type": "boolean", "default": true,
        "description": "whether up to 5 redirects are followed"}}})",
    .example = R"({"name": "ping", "parameters": {"type": "http", "url": "https://example.com/"}})",
};

std::vector<std::int64_t> statuses_at(const json::object& from, std::string_view name) {
  std::vector<std::int64_t> statuses;
  const auto* value = from.if_contains(name);
  if (value == nullptr) return statuses;
  if (value->is_int64()) statuses.push_back(value->get_int64());
  if (const auto* array = value->if_array()) {
    for (const auto& status : *array) statuses.push_back(status.get_int64());
  }
  return statuses;
}

// The guard's early look, as a parameter's error. A template hides the address until it is filled.
Result<void> check_url(const AddressGuard& guard, const std::string& url) {
  if (has_template(url)) return {};
  auto checked = guard.check_url(url);
  if (!checked) checked.error().pointer = "/parameters/url";
  return checked;
}

Result<void> check(const AddressGuard& guard, const json::object& parameters) {
  if (const auto* headers = parameters.if_contains("headers")) {
    for (const auto& header : headers->get_object()) {
      auto checked = check_header(header.key(), header.value().get_string());
      if (checked) continue;
      checked.error().pointer =
          fmt::format("/parameters/headers/{}", std::string_view(header.key()));
      return checked;
    }
  }
  return check_url(guard, *text_at(parameters, "url"));
}

bool has_header(const TransferRequest& request, std::string_view name) {
  return std::ranges::any_of(
      request.headers, [&](const auto& header) { return equal_ignoring_case(header.first, name); });
}

void set_body(TransferRequest& request, const json::value& body) {
  const auto* text = body.if_string();
  request.body = text != nullptr ? std::string(*text) : json_text_of(body);
  if (has_header(request, "content-type")) return;
  request.headers.emplace_back("Content-Type",
                               text != nullptr ? "text/plain; charset=utf-8" : "application/json");
}

TransferRequest request_of(const AttemptContext& context, const NetworkOptions& options) {
  const json::object& parameters = context.parameters();
  TransferRequest request;
  request.method = *text_at(parameters, "method");
  request.url = *text_at(parameters, "url");
  request.answer_bytes = options.answer_bytes;
  request.timeout = std::min({Duration::milliseconds(*number_at(parameters, "timeoutMs")),
                              options.timeout_max, context.time_left()});
  if (const auto* headers = parameters.if_contains("headers")) {
    for (const auto& header : headers->get_object()) {
      request.headers.emplace_back(header.key(), header.value().get_string());
    }
  }
  for (auto& header : attempt_headers(context)) {
    if (!has_header(request, header.first)) request.headers.push_back(std::move(header));
  }
  if (const auto* body = parameters.if_contains("body")) set_body(request, *body);
  return request;
}

void start_http(TransferEngine& engine, const NetworkOptions& options,
                const std::shared_ptr<AttemptContext>& context, Conclude conclude) {
  const json::object& parameters = context->parameters();
  StatusRules rules{.expected = statuses_at(parameters, "expectedStatus"),
                    .retryable = statuses_at(parameters, "retryableStatus")};
  HttpExchange what{.request = request_of(*context, options)};
  if (is_set(parameters, "followRedirects")) what.redirects = Redirects::follow;
  exchange(engine, context, std::move(what),
           [rules = std::move(rules), conclude = std::move(conclude)](TransferResult result) {
             conclude(result ? ending_of(*result, rules) : ending_of(result.error()));
           });
}

}  // namespace

TaskType http_type(const TypeServices& services) {
  TransferEngine& engine = services.transfers;
  return {
      .info = kInfo,
      .handler =
          [&engine, options = services.options.network](
              const std::shared_ptr<AttemptContext>& context, Conclude conclude) {
            start_http(engine, options, context, std::move(conclude));
          },
      .check =
          [&engine](const json::object& parameters) { return check(engine.guard(), parameters); }};
}

}  // namespace carillon
