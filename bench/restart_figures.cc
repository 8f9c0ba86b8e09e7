// Restart after kill -9 with 100,000 armed tasks, each with a pending wake-up.
#include <memory>
#include <string>

#include "load_client.h"
#include "run_times.h"
#include "server_figures.h"
#include "server_process.h"

namespace carillon::bench {
namespace {

constexpr std::size_t kTasks = 100'000;
constexpr std::size_t kBatchTasks = 100;
constexpr std::string_view kFarAway = "2150-01-01T00:00:00Z";

}  // namespace

void measure_restart(const Bench& bench) {
  const auto data = bench.directory / "restart";
  auto server = std::make_unique<ServerProcess>(bench.binary, data);
  const double empty_start = server->seconds_to_answer();
  const LoadResult created =
      offer_load(server->port(), {.connections = 8,
                                  .requests = kTasks / kBatchTasks,
                                  .request = request_bytes("/api/v1/tasks:batch?schedule=true",
                                                           batch_body(kBatchTasks, kFarAway)),
                                  .expected_status = 201});
  bench.table.add({.name = "100,000 tasks armed in batches",
                   .unit = "per s",
                   .better = Better::higher,
                   .value = static_cast<double>(kTasks) / created.seconds});
  server.reset();
  server = std::make_unique<ServerProcess>(bench.binary, data);
  bench.table.add({.name = "restart with 100,000 tasks",
                   .unit = "s",
                   .value = server->seconds_to_answer(),
                   .yardstick_name = "start with none",
                   .yardstick = empty_start,
                   .budget = 2});
}

}  // namespace carillon::bench
