#include "server/config/config_rules.h"

#include <utility>

#include <fmt/format.h>

#include "base/result.h"

namespace carillon::server {
namespace {

// Whether only this machine can reach the address. A name that is not localhost could be anything.
bool is_loopback(std::string_view listen) {
  const std::string_view host = listen.substr(0, listen.rfind(':'));
  if (host.empty() || host == "localhost" || host == "[::1]") return true;
  const bool numeric = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return numeric && host.starts_with("127.");
}

Error error_of(ErrorCode code, std::string message, std::string hint) {
  return fail(code, std::move(message), std::move(hint)).error();
}

}  // namespace

std::vector<BrokenRule> broken_rules(const ServerConfig& config) {
  using enum ErrorCode;
  std::vector<BrokenRule> broken;
  const auto add = [&](std::string_view path, Error error) {
    broken.push_back({.path = path, .error = std::move(error)});
  };
  if (config.engine == EngineKind::flink) {
    add("carillon.engine", error_of(not_yet, "The engine flink is not there yet.",
                                    "Write carillon.engine: embedded."));
  } else if (config.roles != std::vector<Role>{Role::all}) {
    add("carillon.role",
        error_of(not_yet,
                 "Roles can be shared out with the engine flink only, which is not there yet.",
                 "Write carillon.role: all."));
  }
  const bool guarded = config.auth.insecure_no_auth || !config.auth.tokens_file.empty();
  if (!guarded && !is_loopback(config.listen)) {
    add("carillon.listen",
        error_of(invalid_value,
                 fmt::format("{} can be reached from other machines, and no credentials are asked "
                             "for.",
                             config.listen),
                 "Set carillon.auth.tokens-file, or listen on 127.0.0.1, or start with "
                 "--insecure-no-auth."));
  }
  const SmtpConfig& smtp = config.executors.smtp;
  if (!smtp.url.empty() && smtp.from.empty()) {
    add("carillon.executors.smtp.url",
        error_of(invalid_value, "E-mails need a sender.",
                 "Set carillon.executors.smtp.from, for example carillon@example.org."));
  }
  if (!smtp.user.empty() && smtp.password_file.empty()) {
    add("carillon.executors.smtp.user", error_of(invalid_value, "The account has no password.",
                                                 "Set carillon.executors.smtp.password-file."));
  }
  return broken;
}

}  // namespace carillon::server
