#include "cli/endpoint.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/output/json_read.h"
#include "cli/rest/url.h"

namespace carillon::cli {
namespace {

constexpr std::string_view kDefaultServer = "http://127.0.0.1:8080";

std::optional<std::string> typed_or_variable(const std::optional<std::string>& typed,
                                             std::string_view variable,
                                             const CliEnvironment& environment) {
  if (typed) return typed;
  auto value = environment.variable(variable);
  if (value && value->empty()) return std::nullopt;
  return value;
}

std::optional<std::string> profile_file(const CliEnvironment& environment) {
  if (const auto config = environment.variable("XDG_CONFIG_HOME"); config && !config->empty()) {
    return *config + "/carillon/config.json";
  }
  if (const auto home = environment.variable("HOME"); home && !home->empty()) {
    return *home + "/.config/carillon/config.json";
  }
  return std::nullopt;
}

Failure unknown_profile(const std::string& name, const boost::json::value& file) {
  std::vector<std::string_view> known;
  const boost::json::value* profiles = member_at(file, "/profiles");
  if (profiles != nullptr && profiles->is_object()) {
    for (const auto& member : profiles->get_object()) known.emplace_back(member.key());
  }
  const std::string_view nearest = nearest_name(name, known);
  return Failure{.exit = ExitCode::usage,
                 .message = fmt::format("There is no profile '{}'.", name),
                 .hint = nearest.empty() ? "Profiles stand in ~/.config/carillon/config.json."
                                         : fmt::format("Did you mean {}?", nearest)};
}

// An absolute token file keeps the secret out of the profile file.
CliResult<std::string> profile_token(const boost::json::value& profile,
                                     const CliEnvironment& environment) {
  const std::string file = text_at(profile, "/tokenFile");
  if (file.empty()) return text_at(profile, "/token");
  auto text = environment.read_file(file);
  if (!text) return text;
  return std::string(trimmed(*text));
}

// Empty members where there is no profile.
CliResult<Endpoint> endpoint_of_profile(const SharedValues& typed,
                                        const CliEnvironment& environment) {
  const auto wanted = typed_or_variable(typed.profile, "CARILLON_PROFILE", environment);
  const auto path = profile_file(environment);
  const auto text = path ? environment.read_file(*path) : CliResult<std::string>{};
  if (!text) {
    if (!wanted) return Endpoint{};  // No file is the normal case.
    return give_up(unknown_profile(*wanted, boost::json::value{}));
  }
  if (trimmed(*text).empty() && !wanted) return Endpoint{};
  const auto file = parse_json(*text);
  if (!file) {
    return give_up(ExitCode::usage, fmt::format("{} is not valid JSON.", path.value_or("")));
  }
  const std::string name = wanted ? *wanted : text_at(*file, "/current");
  if (name.empty()) return Endpoint{};
  const boost::json::value* profiles = member_at(*file, "/profiles");
  const boost::json::value* profile = profiles != nullptr && profiles->is_object()
                                          ? profiles->get_object().if_contains(name)
                                          : nullptr;
  if (profile == nullptr) return give_up(unknown_profile(name, *file));
  auto token = profile_token(*profile, environment);
  if (!token) return give_up(token.error());
  return Endpoint{.server = text_at(*profile, "/server"), .token = *token, .is_named = true};
}

}  // namespace

CliResult<Endpoint> choose_endpoint(const SharedValues& typed, const CliEnvironment& environment) {
  auto profile = endpoint_of_profile(typed, environment);
  if (!profile) return profile;
  const auto named = typed_or_variable(typed.server, "CARILLON_SERVER", environment);
  const auto token = typed_or_variable(typed.token, "CARILLON_TOKEN", environment);
  std::string address = named.value_or(profile->server);
  const bool is_named = !address.empty();
  if (!is_named) address = kDefaultServer;
  auto server = normal_server_url(address);
  if (!server) return give_up(server.error());
  const auto own = normal_server_url(profile->server);
  const bool is_own_server = own && *own == *server;
  return Endpoint{.server = *server,
                  .token = token.value_or(is_own_server ? profile->token : std::string()),
                  .is_named = is_named};
}

}  // namespace carillon::cli
