// When runs started and ended, read from the server's own rows once they are all there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "load_client.h"

namespace carillon::bench {

struct RunTimes {
  std::vector<Instant> started;  // Sorted.
  std::vector<Instant> ended;    // Sorted.
};

// Waits until that many runs which started since then are COMPLETED and returns their times. Does
// not ask for lists before the task is COMPLETED, so that asking does not take processor time from
// what is measured.
RunTimes completed_runs(std::uint16_t port, std::string_view last_task, std::size_t count,
                        Instant since = {});

// How late the completed runs of slots started, by the rows: the engine's stamp of the start, which
// is that of the batch and so before its sync.
LoadResult lateness_by_rows(std::uint16_t port);

Instant wall_now();

// The text of the first string member of that name in a JSON text, or nothing.
std::string_view json_text(std::string_view json, std::string_view name);

// Bodies of tasks. A null run_at leaves the schedule out.
std::string task_body(std::string_view run_at = {});
std::string batch_body(std::size_t tasks, std::string_view run_at = {});
std::string batch_of(const std::vector<std::string>& bodies);

// A task that does nothing by a cron expression, from one instant until another.
struct RecurringTask {
  std::string_view cron;
  Instant start_at;
  Instant end_at;
};
std::string recurring_body(const RecurringTask& task);

}  // namespace carillon::bench
