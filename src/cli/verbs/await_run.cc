#include "cli/verbs/await_run.h"

#include <algorithm>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/rfc3339.h"
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
  std::string run_id;  // Empty when the task ended without a run.
  std::string status;
  std::string error;
  std::optional<Duration> took;
};

std::optional<Duration> span_of(const boost::json::value& run) {
  const auto began = parse_rfc3339(text_at(run, "/startedAt"));
  const auto ended = parse_rfc3339(text_at(run, "/endedAt"));
  if (!began || !ended) return std::nullopt;
  return *ended - *began;
}

// The outcome that a run tells itself.
std::optional<Outcome> outcome_of_run(const boost::json::value& run) {
  std::string status = text_at(run, "/status");
  if (!is_final(status)) return std::nullopt;
  return Outcome{.run_id = text_at(run, "/runId"),
                 .status = std::move(status),
                 .error = text_at(run, "/outcome/errorMessage"),
                 .took = span_of(run)};
}

// The outcome of the task's newest run, if that is not `previous`.
std::optional<Outcome> outcome_of_task(const boost::json::value& task, std::string_view previous) {
  std::string run = text_at(task, "/lastRun/runId");
  const std::string run_status = text_at(task, "/lastRun/status");
  if (!run.empty() && run != previous && is_final(run_status)) {
    return Outcome{.run_id = std::move(run),
                   .status = run_status,
                   .error = text_at(task, "/errorMessage"),
                   .took = span_of(*member_at(task, "/lastRun"))};
  }
  // A task may end without a run, when its only slot was skipped or it was cancelled.
  const std::string status = text_at(task, "/status");
  if (!is_final(status) || (!run.empty() && run != previous)) return std::nullopt;
  return Outcome{
      .run_id = {}, .status = status, .error = text_at(task, "/errorMessage"), .took = {}};
}

// nullopt while what is awaited has not ended.
CliResult<std::optional<Outcome>> look(Session& session, const Awaited& awaited) {
  const bool is_known = !awaited.run.empty();
  const auto answer =
      session.call({.path = is_known ? run_path(awaited.run) : task_path(awaited.task)});
  if (!answer) return give_up(answer.error());
  return is_known ? outcome_of_run(*answer) : outcome_of_task(*answer, awaited.previous);
}

// "Run 019….1  COMPLETED  after 302ms"
std::string end_line(const Outcome& outcome, Colour colour) {
  std::string line = outcome.run_id.empty() ? "The task" : "Run " + escape_control(outcome.run_id);
  line += "  " + toned(escape_control(outcome.status), tone_of_status(outcome.status), colour);
  if (outcome.took) line += fmt::format("  after {}", short_span(*outcome.took));
  return line + "\n";
}

ExitCode report(Session& session, const Outcome& outcome) {
  if (session.is_for_people()) session.print(end_line(outcome, session.colour()));
  if (outcome.status == "COMPLETED") return ExitCode::ok;
  const std::string subject =
      outcome.run_id.empty() ? "The task" : "Run " + escape_control(outcome.run_id);
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

// Ctrl-C ends the wait, not the run.
CliResult<ExitCode> interrupted(Session& session, const Awaited& awaited) {
  session.note(fmt::format("The run goes on; stop it with: carillon task cancel {}\n",
                           escape_control(awaited.task)));
  return give_up(Failure{.exit = ExitCode::interrupted});
}

}  // namespace

std::vector<OptionSpec> wait_option_specs(WaitOptions& options) {
  return {
      {"--wait", "", "Wait for the run to end; the exit code tells how.", &options.wait},
      {"--timeout", "DURATION", "Stop waiting after this time (exit code 124).", &options.timeout},
  };
}

CliResult<ExitCode> await_run(Session& session, const Awaited& awaited,
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
    const auto outcome = look(session, awaited);
    if (!outcome && environment.interrupted()) return interrupted(session, awaited);
    if (!outcome) return give_up(outcome.error());
    if (*outcome) return report(session, **outcome);
    if (environment.interrupted()) return interrupted(session, awaited);
    const Instant now = environment.now();
    if (deadline && now >= *deadline) {
      return give_up(
          ExitCode::timed_out, fmt::format("After {} the run has not ended.", *options.timeout),
          fmt::format("It goes on; watch it with `carillon task watch {}`.", awaited.task));
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
