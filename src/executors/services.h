// What built-in types need from the rest of carillon: its history, to prune it and to report on it.
//
// Port-like: the server implements both over the views; tests fake them. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "domain/run/run_row.h"
#include "domain/task/task_status.h"

namespace carillon {

class SandboxedFiles;
class TransferEngine;
struct ExecutorOptions;

struct PrunedHistory {
  std::uint64_t runs = 0;
  std::uint64_t logs = 0;
  Instant before;  // What ended before it was removed.
};

enum class PruneMode : std::uint8_t { remove, count_only };

class HistoryPruner {
 public:
  HistoryPruner() = default;
  HistoryPruner(const HistoryPruner&) = delete;
  HistoryPruner& operator=(const HistoryPruner&) = delete;
  virtual ~HistoryPruner() = default;

  // Removes runs and output that the configured retention no longer keeps.
  //
  // Errors  unavailable, io_failed  some of it may be removed; safe to repeat
  virtual Result<PrunedHistory> prune(Instant now, PruneMode mode) = 0;
};

// Started minus due, over the runs of the period that have both.
struct Lateness {
  std::uint64_t samples = 0;
  Duration p50;
  Duration p90;
  Duration p99;
  Duration max;
};

// The runs of one task that ended in the period.
struct TaskFigures {
  std::string id;
  std::string name;
  std::string type;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t retries = 0;
  Lateness lateness;
};

struct RunFigures {
  std::vector<std::pair<TaskStatus, std::uint64_t>> tasks;  // As they are now.
  std::uint64_t completed = 0;                              // Runs that ended in the period.
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t retries = 0;
  Lateness lateness;
  std::vector<TaskFigures> busiest;  // At most 20, most runs first.
};

class RunStatistics {
 public:
  RunStatistics() = default;
  RunStatistics(const RunStatistics&) = delete;
  RunStatistics& operator=(const RunStatistics&) = delete;
  virtual ~RunStatistics() = default;

  // Figures of the half-open period [from, to).
  virtual Result<RunFigures> figures(Instant from, Instant to) const = 0;
};

// What the built-in types are made with. All of it outlives them.
struct TypeServices {
  const ExecutorOptions& options;
  const SandboxedFiles& files;
  TransferEngine& transfers;
  HistoryPruner& pruner;
  const RunStatistics& statistics;
};

}  // namespace carillon
