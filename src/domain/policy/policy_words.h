// The policies a task may choose. Their words: domain/words.h. Values.
#pragma once

#include <array>
#include <cstdint>

namespace carillon {

// What happens to a slot when a run of the task is active.
enum class Overlap : std::uint8_t {
  skip,
  allow,
  buffer_one,
  buffer_all,
  cancel_other,
  terminate_other,
};

// What happens to slots that could not be decided in time.
enum class Misfire : std::uint8_t { run_latest, skip, run_all, error };

// How the wait before a retry grows with the number of retries used.
enum class Backoff : std::uint8_t { fixed, linear, exponential };

enum class RetryJitter : std::uint8_t { none, full, equal, decorrelated };

// What becomes of an attempt whose executor died.
enum class OnLost : std::uint8_t { rerun, fail };

// Which of an executor's bounds an attempt counts against.
enum class Lane : std::uint8_t {
  cpu,       // Computes in process.
  blocking,  // Waits for files or child processes.
  http,      // Waits for other servers.
  worker,    // Runs in a worker outside this process.
  workflow,  // Runs as steps, in no executor.
  instant,   // Answers at once: neither waits nor computes.
};

// What an executor can offer places in.
inline constexpr std::array kExecutorLanes{Lane::cpu, Lane::blocking, Lane::http, Lane::worker,
                                           Lane::instant};

}  // namespace carillon
