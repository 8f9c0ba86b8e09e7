#include "executors/net/http_answer.h"

#include <algorithm>
#include <array>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "executors/cut_text.h"
#include "executors/net/webhook_signature.h"

namespace carillon {
namespace json = boost::json;
namespace {

constexpr std::size_t kErrorBodyBytes = 500;

// Enough to act on; cookies and the like stay out of stored results.
constexpr std::array<std::string_view, 9> kKeptHeaders{
    "content-type",  "content-length", "content-encoding", "date",        "etag",
    "last-modified", "location",       "retry-after",      "x-request-id"};

constexpr std::array<std::string_view, 7> kConnectionHeaders{
    "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "expect"};

bool contains(const std::vector<std::int64_t>& statuses, std::int64_t status) {
  return std::ranges::find(statuses, status) != statuses.end();
}

bool is_expected(std::int64_t status, const StatusRules& rules) {
  if (rules.expected.empty()) return status >= 200 && status < 300;
  return contains(rules.expected, status);
}

bool may_help(std::int64_t status, const StatusRules& rules) {
  return status == 408 || status == 425 || status == 429 || status >= 500 ||
         contains(rules.retryable, status);
}

bool is_json(const TransferAnswer& answer) {
  return std::ranges::any_of(answer.headers, [](const auto& header) {
    const std::string_view kind =
        std::string_view(header.second).substr(0, header.second.find(';'));
    return header.first == "content-type" &&
           (trimmed(kind) == "application/json" || trimmed(kind).ends_with("+json"));
  });
}

json::object result_of(const TransferAnswer& answer) {
  json::object result{{"status", answer.status}, {"headers", json::object{}}};
  for (const auto& [name, value] : answer.headers) {
    if (std::ranges::find(kKeptHeaders, name) == kKeptHeaders.end()) continue;
    result["headers"].get_object()[name] = escape_control(value);
  }
  json::error_code error;
  if (is_json(answer) && answer.extent == AnswerBody::whole) {
    json::value body = json::parse(answer.body, error, {}, {.max_depth = 64});
    if (!error) {
      result["body"] = std::move(body);
      return result;
    }
  }
  if (is_utf8(answer.body)) {
    result["body"] = answer.body;
  } else {
    result["bodyBase64"] = to_base64(answer.body);
  }
  if (answer.extent == AnswerBody::cut) result["bodyCut"] = true;
  return result;
}

bool is_token_char(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

}  // namespace

AttemptEnding ending_of(const TransferAnswer& answer, const StatusRules& rules) {
  if (is_expected(answer.status, rules)) return Completed{result_of(answer)};
  std::string message = fmt::format("The server answered {}.", answer.status);
  if (!answer.body.empty()) {
    message += " " + cut_text(escape_control(answer.body), kErrorBodyBytes);
  }
  return Failed{.code = fmt::format("http-{}", answer.status),
                .message = std::move(message),
                .repeat = may_help(answer.status, rules) ? Repeat::may_help : Repeat::useless};
}

std::vector<std::pair<std::string, std::string>> attempt_headers(const AttemptContext& context) {
  const AttemptAbout& about = context.about();
  std::vector<std::pair<std::string, std::string>> headers{
      {"User-Agent", "carillon/" CARILLON_VERSION},
      {"Idempotency-Key", context.idempotency_key()},
      {"X-Carillon-Task", to_text(about.attempt.run.task)},
      {"X-Carillon-Run", to_text(about.attempt.run)},
      {"X-Carillon-Attempt", std::to_string(about.attempt.number)}};
  if (!about.traceparent.empty()) headers.emplace_back("traceparent", about.traceparent);
  return headers;
}

Result<void> check_header(std::string_view name, std::string_view value) {
  if (name.empty() || !std::ranges::all_of(name, is_token_char)) {
    return fail(ErrorCode::invalid_value,
                fmt::format("{} is not a header name.", escape_control(name)),
                "Use letters, digits and dashes.");
  }
  if (std::ranges::find(kConnectionHeaders, lower_ascii(name)) != kConnectionHeaders.end()) {
    return fail(ErrorCode::invalid_value, fmt::format("{} is set by the connection itself.", name),
                "Leave it out.");
  }
  const bool has_control = std::ranges::any_of(
      value, [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7F; });
  if (has_control) {
    return fail(ErrorCode::invalid_value,
                fmt::format("The value of {} holds control characters.", name),
                "Write it on one line.");
  }
  return {};
}

}  // namespace carillon
