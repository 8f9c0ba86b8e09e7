// Whole lives of no-op tasks while new ones come in: the figure of life and of flatness.
#pragma once

#include <cstddef>

#include "server_process.h"

namespace carillon::bench {

struct SteadyLives {
  double per_second = 0;   // From the first request to the end of the last run.
  double unfinished = 0;   // Tasks whose run had not ended when the last one was created.
  double cpu_us_each = 0;  // Of the server, until then.
};

// 64 connections create that many tasks that run at once; the last one ended is the end.
SteadyLives run_steady_lives(const ServerProcess& server, std::size_t lives);

}  // namespace carillon::bench
