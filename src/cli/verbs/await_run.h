// Waiting for a run to end, for --wait. Polls, because the outcome must be seen even if it came
// before the first look.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/session.h"

namespace carillon::cli {

struct WaitOptions {
  Switch wait = Switch::off;
  std::optional<std::string> timeout;  // A duration; none: without end.
};

// The two options, for verbs that can wait.
std::vector<OptionSpec> wait_option_specs(WaitOptions& options);

// What is waited for.
struct Awaited {
  std::string task;  // Its id.
  std::string run;   // Its id; empty: the next run of the task other than `previous`.
  std::string previous;
};

// Waits until the run is final and says how it ended and after what time: to a person on stdout, of
// a failure to everybody on stderr.
//
// Guarantees  returns ok, run_failed or run_cancelled.
// Errors      timed_out    the time is over; the run goes on
//             interrupted  likewise
//             whatever the server answers
CliResult<ExitCode> await_run(Session& session, const Awaited& awaited, const WaitOptions& options);

// The id of the task's last run; empty when it has none.
CliResult<std::string> last_run_of(Session& session, std::string_view task_id);

}  // namespace carillon::cli
