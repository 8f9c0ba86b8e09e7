// What happened in a span of time, for reports. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.h"
#include "domain/id/ids.h"
#include "domain/run/run_row.h"

namespace carillon {

struct OutcomeCount {
  std::string type;
  RunStatus status = RunStatus::completed;
  std::uint64_t runs = 0;
};

// How long after their due time runs started. All zero without samples.
struct LatenessSummary {
  std::uint64_t samples = 0;
  Duration p50;
  Duration p90;
  Duration p99;
  Duration max;
};

struct TaskRuns {
  TaskId task;
  std::string name;
  std::string type;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t retries = 0;
  LatenessSummary lateness;
};

// Of the runs that ended in the span.
struct ViewStatistics {
  std::vector<OutcomeCount> outcomes;  // By type, then status.
  LatenessSummary lateness;
  std::uint64_t retries = 0;
  std::vector<TaskRuns> busiest;  // Most runs first, at most twenty.
};

}  // namespace carillon
