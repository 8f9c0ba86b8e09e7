// ExitCode: what the process answers to its shell. A contract with scripts; numbers never change.
#pragma once

#include <cstdint>

namespace carillon::cli {

enum class ExitCode : std::uint8_t {
  ok = 0,
  failed = 1,
  usage = 2,
  not_found = 3,
  auth = 4,
  conflict = 5,
  unreachable = 6,
  run_failed = 7,     // The awaited run failed.
  run_cancelled = 8,  // The awaited run was cancelled.
  timed_out = 124,    // The time given for waiting is over.
  interrupted = 130,
};

}  // namespace carillon::cli
