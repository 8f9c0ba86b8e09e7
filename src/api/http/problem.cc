#include "api/http/problem.h"

#include "base/json_writer.h"
#include "base/text.h"

namespace carillon::http {
namespace {

// A problem document must be UTF-8 even when the message quotes what a client sent.
void append_text(std::string& out, std::string_view text) {
  if (is_utf8(text)) {
    append_json_string(out, text);
  } else {
    append_json_string(out, escape_control(text));
  }
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out.push_back(',');
  append_json_string(out, name);
  out.push_back(':');
  append_text(out, text);
}

void append_fault(std::string& out, const Error& fault) {
  if (out.back() != '[') out.push_back(',');
  out += "{\"pointer\":";
  append_text(out, fault.pointer);
  append_member(out, "detail", fault.message);
  append_member(out, "code", error_info(fault.code).word);
  if (!fault.hint.empty()) append_member(out, "hint", fault.hint);
  if (fault.column) {
    out += ",\"column\":";
    append_json(out, *fault.column);
  }
  out.push_back('}');
}

void append_errors(std::string& out, const Error& error, std::span<const Error> details) {
  out += ",\"errors\":[";
  for (const Error& detail : details) append_fault(out, detail);
  if (details.empty() && (!error.pointer.empty() || error.column)) append_fault(out, error);
  out.push_back(']');
}

std::uint16_t status_of(const Error& error, const ProblemContext& context) {
  return context.status != 0 ? context.status : error_info(error.code).http_status;
}

}  // namespace

std::string problem_document(const Error& error, const ProblemContext& context) {
  const ErrorInfo& info = error_info(error.code);
  std::string out = "{\"type\":\"/problems/";
  out += info.word;
  out.push_back('"');
  append_member(out, "title", info.title);
  out += ",\"status\":";
  append_json(out, status_of(error, context));
  append_member(out, "detail", error.message);
  append_member(out, "instance", context.instance);
  append_member(out, "code", info.word);
  append_errors(out, error, context.details);
  append_member(out, "hint", error.hint);
  append_member(out, "requestId", context.request_id);
  out.push_back('}');
  return out;
}

Response problem(const Error& error, const ProblemContext& context) {
  Response response{.status = status_of(error, context),
                    .content_type = "application/problem+json",
                    .body = problem_document(error, context)};
  if (response.status == 429 || response.status == 503) response.with("Retry-After", "1");
  return response;
}

}  // namespace carillon::http
