// 10,000 one-shots spread over 10 s, one each millisecond: how late each starts.
#include <string>
#include <vector>

#include "base/rfc3339.h"
#include "load_client.h"
#include "run_times.h"
#include "server_figures.h"
#include "server_process.h"
#include "start_watch.h"
#include "yardsticks.h"

namespace carillon::bench {
namespace {

constexpr std::size_t kTasks = 10'000;
constexpr std::size_t kBatchTasks = 100;
constexpr Duration kUntilDue = Duration::seconds(5);
constexpr std::size_t kYardstickRecords = 3'000;

void create_spread(std::uint16_t port, Instant first_due) {
  std::int64_t next = 0;
  const auto next_batch = [&] {
    std::vector<std::string> bodies;
    while (bodies.size() < kBatchTasks) {
      bodies.push_back(task_body(to_rfc3339(first_due + Duration::milliseconds(next++))));
    }
    return request_bytes("/api/v1/tasks:batch?schedule=true", batch_of(bodies));
  };
  offer_load(port, {.connections = 4,
                    .requests = kTasks / kBatchTasks,
                    .next_request = next_batch,
                    .expected_status = 201});
  require(wall_now() < first_due, "the tasks were not stored before they came due");
}

}  // namespace

void measure_spread(const Bench& bench) {
  const ServerProcess server(bench.binary, bench.directory / "spread");
  StartWatch watch(server.port());
  create_spread(server.port(), wall_now() + kUntilDue);
  const double cpu = server.cpu_seconds();
  const LoadResult late = watch.take_after(kTasks);
  const double cpu_each = (server.cpu_seconds() - cpu) / static_cast<double>(kTasks) * 1e6;
  const SyncFigure timer =
      append_when_due(bench.directory, kYardstickRecords, std::chrono::milliseconds(1));
  const auto add = [&](std::string_view which, double value, std::optional<double> yardstick,
                       std::optional<double> budget) {
    bench.table.add({.name = "10,000 over 10 s, lateness " + std::string(which),
                     .unit = "ms",
                     .value = value,
                     .yardstick_name = yardstick ? "sleep, append, fdatasync" : "",
                     .yardstick = yardstick,
                     .budget = budget});
  };
  add("p50", late.percentile_ms(0.5), timer.p50_ms, {});
  add("p99", late.percentile_ms(0.99), timer.p99_ms, 5);
  add("max", late.percentile_ms(1), {}, {});
  bench.table.add({.name = "10,000 over 10 s, lateness p99 by rows",
                   .unit = "ms",
                   .value = lateness_by_rows(server.port()).percentile_ms(0.99)});
  bench.table.add({.name = "10,000 over 10 s, server's CPU each", .unit = "us", .value = cpu_each});
}

}  // namespace carillon::bench
