#include "cli/failure.h"

#include <array>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/output/json_read.h"

namespace carillon::cli {
namespace {

// For codes that this build does not know and for answers that are not problems.
ExitCode exit_of_status(int status) {
  switch (status) {
    case 401:
    case 403:
      return ExitCode::auth;
    case 404:
      return ExitCode::not_found;
    case 409:
    case 412:
      return ExitCode::conflict;
    default:
      return status >= 400 && status < 500 && status != 429 ? ExitCode::usage : ExitCode::failed;
  }
}

ExitCode exit_of_problem(std::string_view word, int status) {
  const auto code = error_code_from_word(word);
  if (!code) return exit_of_status(status);
  return static_cast<ExitCode>(error_info(*code).cli_exit);
}

std::optional<std::uint32_t> column_of(const boost::json::value& problem) {
  for (const std::string_view pointer :
       {"/column", "/position", "/errors/0/column", "/errors/0/position"}) {
    const auto column = integer_at(problem, pointer);
    if (column && *column > 0 && *column < 4096) return static_cast<std::uint32_t>(*column);
  }
  return std::nullopt;
}

std::vector<std::string> details_of(const boost::json::value& problem) {
  std::vector<std::string> lines;
  const boost::json::array* errors = array_at(problem, "/errors");
  if (errors == nullptr) return lines;
  const std::string told = text_at(problem, "/detail");
  for (const boost::json::value& error : *errors) {
    const std::string detail = text_at(error, "/detail");
    if (detail.empty() || detail == told) continue;
    const std::string pointer = text_at(error, "/pointer");
    lines.push_back(pointer.empty() ? detail : fmt::format("{}: {}", pointer, detail));
  }
  return lines;
}

// A 404 that is no problem document is not carillon's: the server is missing, not the task.
Failure plain_answer_failure(int status) {
  return Failure{.exit = status == 404 ? ExitCode::failed : exit_of_status(status),
                 .message = fmt::format("The server answered with HTTP status {}.", status),
                 .hint = status == 404 ? "Is that address a carillon server? Check --server." : ""};
}

// Hints of the API name its calls; here people type commands.
std::string in_commands(std::string hint) {
  using Row = std::pair<std::string_view, std::string_view>;
  constexpr std::array kCommands{
      Row{"POST /api/v1/tasks/{id}/run", "`carillon task run TASK`"},
      Row{"GET /api/v1/events?topic=", "`carillon events tail` and --topic "},
      Row{"GET /api/v1/tasks", "`carillon task list`"},
      Row{"GET /api/v1/runs", "`carillon run list`"}};
  for (const auto& [call, command] : kCommands) {
    if (const std::size_t at = hint.find(call); at != std::string::npos) {
      hint.replace(at, call.size(), command);
    }
  }
  return hint;
}

std::string caret_lines(const Failure& failure) {
  if (!failure.column || failure.source.empty()) return {};
  const std::size_t before = std::min<std::size_t>(*failure.column - 1, failure.source.size());
  // Escaping can lengthen the text, so the caret is placed by what is printed before the column.
  const std::size_t indent = escape_control(failure.source.substr(0, before)).size();
  return fmt::format("  {}\n  {}^\n", escape_control(failure.source), std::string(indent, ' '));
}

}  // namespace

Failure to_failure(const Error& error) {
  return Failure{.exit = static_cast<ExitCode>(error_info(error.code).cli_exit),
                 .message = error.message,
                 .hint = error.hint,
                 .column = error.column};
}

Failure problem_failure(int http_status, std::string_view body, std::string_view source) {
  const auto problem = parse_json(body);
  if (!problem || !problem->is_object()) return plain_answer_failure(http_status);
  std::string message = text_at(*problem, "/detail");
  if (message.empty()) message = text_at(*problem, "/title");
  if (message.empty()) return plain_answer_failure(http_status);
  return Failure{.exit = exit_of_problem(text_at(*problem, "/code"), http_status),
                 .message = std::move(message),
                 .hint = in_commands(text_at(*problem, "/hint")),
                 .details = details_of(*problem),
                 .source = std::string(source),
                 .column = column_of(*problem),
                 .request_id = text_at(*problem, "/requestId")};
}

std::string failure_text(const Failure& failure) {
  if (failure.message.empty()) return {};
  std::string text = fmt::format("Error: {}\n", escape_control(failure.message));
  text += caret_lines(failure);
  for (const std::string& line : failure.details) {
    text += fmt::format("  {}\n", escape_control(line));
  }
  if (!failure.hint.empty()) text += fmt::format("Hint: {}\n", escape_control(failure.hint));
  // Only a failure of the server itself is worth a look into its log.
  if (failure.exit == ExitCode::failed && !failure.request_id.empty()) {
    text += fmt::format("Request id: {}\n", escape_control(failure.request_id));
  }
  return text;
}

}  // namespace carillon::cli
