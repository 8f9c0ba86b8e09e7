#include "cli/verbs/await_run.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/output/json_read.h"
#include "cli/time_text.h"
#include "cli/verbs/task_lookup.h"

namespace carillon::cli {
namespace {

bool is_final(std::string_view status) {
  return status == "COMPLETED" || status == "FAILED" || status == "CANCELLED" ||
         status == "TIMED_OUT";
}

struct Outcome {
  std::string run_id;
  std::string status;
  std::string error;
};

// How the awaited run ended; nullopt while it has not.
std::optional<Outcome> outcome_of(const boost::json::value& task, std::string_view previous) {
  std::string run = text_at(task, "/lastRun/runId");
  const std::string run_status = text_at(task, "/lastRun/status");
  if (!run.empty() && run != previous && is_final(run_status)) {
    return Outcome{std::move(run), run_status, text_at(task, "/errorMessage")};
  }
  // A task may end without a run, when its only slot was skipped or it was cancelled.
  const std::string status = text_at(task, "/status");
  if (is_final(status) && (run.empty() || run == previous)) {
    return Outcome{{}, status, text_at(task, "/errorMessage")};
  }
  return std::nullopt;
}

ExitCode report(Session& session, const Outcome& outcome) {
  const std::string subject =
      outcome.run_id.empty() ? "The task" : "Run " + escape_control(outcome.run_id);
  if (outcome.status == "COMPLETED") {
    if (session.is_for_people()) session.note(fmt::format("{} completed.\n", subject));
    return ExitCode::ok;
  }
  if (outcome.status == "CANCELLED") {
    session.note(fmt::format("{} was cancelled.\n", subject));
    return ExitCode::run_cancelled;
  }
  session.note(outcome.error.empty()
                   ? fmt::format("{} failed.\n", subject)
                   : fmt::format("{} failed: {}\n", subject, escape_control(outcome.error)));
  if (!outcome.run_id.empty()) {
    session.note(fmt::format("Hint: carillon run logs {}\n", escape_control(outcome.run_id)));
  }
  return ExitCode::run_failed;
}

}  // namespace

std::vector<OptionSpec> wait_option_specs(WaitOptions& options) {
  return {
      {"--wait", "", "Wait for the run to end; the exit code tells how.", &options.wait},
      {"--timeout", "DURATION", "Stop waiting after this time (exit code 124).", &options.timeout},
  };
}

CliResult<ExitCode> await_run(Session& session, std::string_view task_id, std::string_view previous,
                              const WaitOptions& options) {
  CliEnvironment& environment = session.environment();
  std::optional<Instant> deadline;
  if (options.timeout) {
    const auto span = parse_duration(*options.timeout);
    if (!span) return give_up(span.error());
    deadline = environment.now() + *span;
  }
  Duration step = Duration::milliseconds(50);
  while (true) {
    const auto task = session.call({.path = task_path(task_id)});
    if (!task) return give_up(task.error());
    if (const auto outcome = outcome_of(*task, previous)) return report(session, *outcome);
    if (environment.interrupted()) return give_up(Failure{.exit = ExitCode::interrupted});
    const Instant now = environment.now();
    if (deadline && now >= *deadline) {
      return give_up(ExitCode::timed_out,
                     fmt::format("After {} the run has not ended.", *options.timeout),
                     fmt::format("It goes on; watch it with `carillon task watch {}`.", task_id));
    }
    environment.pause(deadline ? std::min(step, *deadline - now) : step);
    step = std::min(step + step, Duration::seconds(1));
  }
}

CliResult<std::string> last_run_of(Session& session, std::string_view task_id) {
  const auto task = session.call({.path = task_path(task_id)});
  if (!task) return give_up(task.error());
  return text_at(*task, "/lastRun/runId");
}

}  // namespace carillon::cli
