#include "server/commands/online_backup.h"

#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "base/json_writer.h"
#include "cli/rest/http_client.h"
#include "codec/json_document.h"
#include "server/commands/configuration.h"

namespace carillon::server {
namespace {

std::string_view member(const JsonDocument& document, std::string_view name) {
  std::string_view text;
  if (document.root()[name].get(text) != simdjson::SUCCESS) return {};
  return text;
}

}  // namespace

int ask_for_backup(const cli::CliEnvironment& environment, const cli::BackupOptions& options) {
  const auto port = environment.connect(
      {.server = options.server, .token = options.token, .answer_limit = Duration::minutes(10)});
  const std::string folder = std::filesystem::absolute(options.output_dir).string();
  std::string body = R"({"folder":)";
  append_json_string(body, folder);
  body += "}";
  const auto answer = port->send(
      {.method = cli::Method::post, .path = "/api/v1/admin/backup", .body = std::move(body)});
  if (!answer) {
    environment.err(fmt::format("carillon: {}\n", answer.error().message));
    return static_cast<int>(answer.error().exit);
  }
  if (answer->status / 100 == 2) {
    environment.out(fmt::format("Backup written to {}.\n", folder));
    return 0;
  }
  const auto problem = JsonDocument::parse(answer->body);
  if (!problem) {
    environment.err(fmt::format("carillon: the server answered {}.\n", answer->status));
    return 1;
  }
  complain(environment, {.code = ErrorCode::internal,
                         .message = std::string(member(*problem, "detail")),
                         .hint = std::string(member(*problem, "hint")),
                         .column = std::nullopt,
                         .pointer = {}});
  return 1;
}

}  // namespace carillon::server
