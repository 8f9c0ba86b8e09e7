// The output of a run: that of its attempts, one behind the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/events/stream_source.h"
#include "base/result.h"
#include "domain/id/ids.h"
#include "ports/log_store.h"
#include "runtime/gateway.h"

namespace carillon::api {

// A line by its attempt and its number there. Text form: `2.17`.
struct LogPlace {
  std::uint32_t attempt = 1;
  std::uint64_t sequence = 0;
};

std::string to_text(const LogPlace& place);
std::optional<LogPlace> parse_log_place(std::string_view text);

struct RunLogQuery {
  RunId run;
  std::optional<std::uint32_t> attempt;  // Only this one.
  LogPlace after;
  std::size_t limit = 1000;
};

struct RunLogLine {
  std::uint32_t attempt = 1;
  LogLine line;
};

// At most `limit` lines after the place, oldest first, of attempts up to `attempts`.
Result<std::vector<RunLogLine>> read_run_log(const Gateway& gateway, const RunLogQuery& query,
                                             std::uint32_t attempts);

// Appends one line as an object.
void append_log_line_json(std::string& out, const RunLogLine& line);

// The lines as they are written, as server-sent events `log`; ends with an event `end` when the run
// has ended and all was told.
std::unique_ptr<StreamSource> follow_run_log(const Gateway& gateway, RunLogQuery query,
                                             Duration poll);

}  // namespace carillon::api
