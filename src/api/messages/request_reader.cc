#include "api/messages/request_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>

#include "api/messages/entity_tag.h"
#include "base/text.h"

namespace carillon::api {
namespace {

constexpr std::size_t kIdempotencyKeyBytes = 255;
constexpr std::size_t kShownIdBytes = 80;

// Method, address and body of a request, hashed. The same for both spellings of the address, and
// the same on every machine and forever, because the engine remembers it.
std::string fingerprint_of(const http::Request& request) {
  std::string_view target = request.target;
  for (const std::string_view prefix : {"/api/v1/", "/api/"}) {
    if (!target.starts_with(prefix)) continue;
    target.remove_prefix(prefix.size());
    break;
  }
  std::string text = request.method_text;
  text += ' ';
  text += target;
  text += '\n';
  text += request.body;
  std::array<unsigned char, 16> digest{};
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
  std::string hex;
  for (const unsigned char byte : digest) fmt::format_to(std::back_inserter(hex), "{:02x}", byte);
  return hex;
}

Result<RequestKey> request_key_of(const Exchange& exchange, std::string_view key) {
  const bool printable = std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; });
  if (key.empty() || key.size() > kIdempotencyKeyBytes || !printable) {
    return fail(ErrorCode::malformed_request,
                fmt::format("An Idempotency-Key has 1 to {} visible ASCII characters.",
                            kIdempotencyKeyBytes),
                "Send a fresh UUID for every request that is not a repeat.");
  }
  // Operation ids and token names hold no blank; keys of different callers never meet.
  return RequestKey{
      .key = fmt::format("{} {} {}", exchange.route().operation_id, exchange.identity().name, key),
      .fingerprint = fingerprint_of(exchange.request())};
}

}  // namespace

Result<Caller> caller_of(const Exchange& exchange) {
  Caller caller{.by = exchange.identity().name};
  const http::Headers& headers = exchange.request().headers;
  if (const auto condition = headers.find("If-Match")) {
    auto version = read_if_match(*condition);
    if (!version) return fail(std::move(version.error()));
    caller.expected_version = *version;
  }
  const auto key = headers.find("Idempotency-Key");
  if (key && exchange.request().method == http::Method::post) {
    auto request_key = request_key_of(exchange, *key);
    if (!request_key) return fail(std::move(request_key.error()));
    caller.request_key = *std::move(request_key);
  }
  return caller;
}

Result<TaskId> task_of(const Exchange& exchange) {
  if (const auto id = parse_task_id(exchange.parameter())) return *id;
  return fail(no_such_task(exchange.parameter()));
}

Error no_such_task(std::string_view id) {
  return {
      .code = ErrorCode::not_found,
      .message = fmt::format("There is no task {}.", escape_control(id.substr(0, kShownIdBytes))),
      .hint = "List the tasks with GET /api/v1/tasks."};
}

Result<std::string_view> body_of(const http::Request& request, BodyForm form) {
  if (request.body.empty()) return std::string_view();
  const std::string_view declared = request.headers.find("Content-Type").value_or("");
  const std::string_view type = trimmed(declared.substr(0, declared.find(';')));
  if (equal_ignoring_case(type, "application/json")) return request.body;
  const bool may_be_patch = form == BodyForm::merge_patch;
  if (may_be_patch && equal_ignoring_case(type, "application/merge-patch+json"))
    return request.body;
  return fail(ErrorCode::unsupported_media_type,
              type.empty() ? std::string("The body has no Content-Type.")
                           : fmt::format("The body is {}, not JSON.", escape_control(type)),
              may_be_patch ? "Send the header Content-Type: application/merge-patch+json."
                           : "Send the header Content-Type: application/json.");
}

}  // namespace carillon::api
