#include "steady_lives.h"

#include <algorithm>
#include <string>

#include "load_client.h"
#include "run_times.h"

namespace carillon::bench {

SteadyLives run_steady_lives(const ServerProcess& server, std::size_t lives) {
  std::string last;
  const Load load{.connections = 64,
                  .requests = lives,
                  .request = request_bytes("/api/v1/tasks?schedule=true", task_body()),
                  .expected_status = 201,
                  .on_answer = [&](std::string_view body) { last = json_text(body, "id"); }};
  const double cpu = server.cpu_seconds();
  const Instant begin = wall_now();
  offer_load(server.port(), load);
  const Instant created = wall_now();
  const double cpu_created = server.cpu_seconds();
  const RunTimes runs = completed_runs(server.port(), last, lives, begin);
  const auto unfinished = runs.ended.end() - std::ranges::upper_bound(runs.ended, created);
  const auto count = static_cast<double>(lives);
  return {.per_second = count / static_cast<double>((runs.ended.back() - begin).ms()) * 1e3,
          .unfinished = static_cast<double>(unfinished),
          .cpu_us_each = (cpu_created - cpu) / count * 1e6};
}

}  // namespace carillon::bench
