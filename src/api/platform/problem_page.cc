#include "api/platform/problem_page.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/json_writer.h"

namespace carillon::api {
namespace {

std::string_view whose_fault(Fault fault) {
  switch (fault) {
    case Fault::user:
      return "The request must be changed.";
    case Fault::state:
      return "The request is fine; the task is in a state that does not allow it.";
    case Fault::server:
      return "The request is fine; the server could not do it.";
  }
  std::unreachable();
}

std::string_view repeating(const ErrorInfo& info) {
  if (info.code == ErrorCode::outcome_unknown) return "Read back before you repeat.";
  return info.retryable ? "The same request may succeed later." : "Repeating it does not help.";
}

}  // namespace

std::string problem_json(const ErrorInfo& info) {
  return fmt::format(
      R"({{"type":"/problems/{0}","code":"{0}","title":{1},"status":{2},"retryable":{3},)"
      R"("explanation":{4}}})",
      info.word, to_json(info.title), info.http_status, info.retryable,
      to_json(fmt::format("{} {}", whose_fault(info.fault), repeating(info))));
}

std::string problem_html(const ErrorInfo& info) {
  return fmt::format(
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{0}</title>"
      "<style>body{{font:16px/1.5 sans-serif;max-width:40em;margin:3em auto;padding:0 1em}}</style>"
      "<h1>{0}</h1><p><strong>{1}</strong></p><p>{2} {3}</p><p>HTTP status {4}. "
      "<a href=\"/docs\">All calls of the API</a></p></html>\n",
      info.word, info.title, whose_fault(info.fault), repeating(info), info.http_status);
}

std::string problem_reference() {
  std::string page =
      "# Problem codes\n\n"
      "Every error answer is `application/problem+json` (RFC 9457); `code` is one of these and a\n"
      "contract. `GET /problems/CODE` explains one. This page is generated from the error "
      "table.\n\n"
      "| code | status | CLI exit | repeat helps | meaning |\n|---|---|---|---|---|\n";
  for (const ErrorInfo& info : error_table()) {
    page += fmt::format("| `{}` | {} | {} | {} | {} |\n", info.word, info.http_status,
                        info.cli_exit, info.retryable ? "yes" : "no", info.title);
  }
  return page;
}

}  // namespace carillon::api
