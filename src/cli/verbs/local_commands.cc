#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/session.h"
#include "cli/verbs/verbs.h"

namespace carillon::cli {
namespace {

constexpr View kNoColumns{{}, "/version"};

CliResult<ExitCode> check_health(Session& session) {
  const auto port = session.port();
  if (!port) return give_up(port.error());
  const auto answer = (*port)->send({.path = "/readyz"});
  if (!answer) return give_up(answer.error());
  if (answer->status == 200) {
    if (session.is_for_people()) session.print("ready\n");
    return ExitCode::ok;
  }
  return give_up(ExitCode::failed,
                 fmt::format("{} is not ready (HTTP status {}).", session.server(), answer->status),
                 fmt::format("See what it waits for: {}/readyz?verbose", session.server()));
}

CliResult<ExitCode> print_version(Session& session) {
  if (session.is_for_people() || session.format() == OutputFormat::tsv) {
    session.print("carillon " CARILLON_VERSION "\n");
  } else {
    session.print_object(boost::json::object{{"version", CARILLON_VERSION}}, kNoColumns);
  }
  return ExitCode::ok;
}

}  // namespace

CommandSpec healthcheck_command() {
  return {.name = "healthcheck",
          .summary = "Exit 0 if the server is ready, 1 if not, 6 if none answers.",
          .examples = "carillon healthcheck",
          .shared = SharedOptions::rest,
          .run = check_health};
}

CommandSpec version_command() {
  return {.name = "version",
          .summary = "Print the version of this program.",
          .examples = "carillon version",
          .shared = SharedOptions::rest,
          .run = print_version};
}

}  // namespace carillon::cli
