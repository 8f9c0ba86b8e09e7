// Creating tasks: one at a time, 64 in flight, pipelined, batches of 100. Every answer follows a
// sync.
#include <algorithm>
#include <string>

#include "load_client.h"
#include "run_times.h"
#include "server_figures.h"
#include "server_process.h"
#include "yardsticks.h"

namespace carillon::bench {
namespace {

constexpr std::chrono::duration<double> kSpan{3};
constexpr std::chrono::duration<double> kYardstickSpan{1};
constexpr std::size_t kBatchTasks = 100;
constexpr std::size_t kAnswerBytes = 1'500;  // About what a created task takes as JSON.

LoadResult create(std::uint16_t port, Load load) {
  load.expected_status = 201;
  load.request = request_bytes("/api/v1/tasks", task_body());
  return offer_load(port, load);
}

LoadResult echo(Load load, std::string_view body, std::size_t answer_bytes) {
  const EchoServer server(answer_bytes);
  load.request = request_bytes("/", body);
  load.span = kYardstickSpan;
  return offer_load(server.port(), load);
}

void measure_one_at_a_time(const Bench& bench) {
  const ServerProcess server(bench.binary, bench.directory / "one");
  create(server.port(), {.requests = 200});
  const LoadResult created = create(server.port(), {.span = kSpan});
  const SyncFigure synced = append_and_sync(bench.directory, 1, kYardstickSpan);
  bench.table.add({.name = "create, one at a time, p50",
                   .unit = "ms",
                   .value = created.percentile_ms(0.5),
                   .yardstick_name = "append and fdatasync of 1, p50",
                   .yardstick = synced.p50_ms,
                   .budget = 1});
  bench.table.add({.name = "create, one at a time, p99",
                   .unit = "ms",
                   .value = created.percentile_ms(0.99),
                   .yardstick_name = "append and fdatasync of 1, p99",
                   .yardstick = synced.p99_ms});
  bench.table.add({.name = "create, one at a time",
                   .unit = "per s",
                   .better = Better::higher,
                   .value = created.per_second(),
                   .yardstick_name = "append and fdatasync of 1",
                   .yardstick = synced.records_per_second});
}

void measure_in_flight(const Bench& bench) {
  const ServerProcess server(bench.binary, bench.directory / "flight");
  create(server.port(), {.connections = 64, .requests = 2'000});
  const double cpu = server.cpu_seconds();
  const LoadResult created = create(server.port(), {.connections = 64, .span = kSpan});
  const double cpu_each =
      (server.cpu_seconds() - cpu) / static_cast<double>(created.latencies_ns.size()) * 1e6;
  const Figure figure{.name = "create, 64 in flight",
                      .unit = "per s",
                      .better = Better::higher,
                      .value = created.per_second()};
  const auto beside = [&](std::string yardstick, double value, std::optional<double> budget) {
    Figure row = figure;
    row.yardstick_name = std::move(yardstick);
    row.yardstick = value;
    row.budget = budget;
    bench.table.add(std::move(row));
  };
  beside("HTTP echo, 64 in flight",
         echo({.connections = 64}, task_body(), kAnswerBytes).per_second(), 40'000);
  beside("append and fdatasync of 32",
         append_and_sync(bench.directory, 32, kYardstickSpan).records_per_second, {});
  beside("the store alone, 32 a commit",
         store_alone(bench.directory, 32, kYardstickSpan).records_per_second, {});
  bench.table.add(
      {.name = "create, 64 in flight, p99", .unit = "ms", .value = created.percentile_ms(0.99)});
  bench.table.add(
      {.name = "create, 64 in flight, server's CPU each", .unit = "us", .value = cpu_each});
}

// The same for so long that the lists must follow at the pace of the creates.
void measure_flood(const Bench& bench) {
  constexpr std::chrono::duration<double> kBefore{15};
  constexpr std::chrono::duration<double> kMeasured{5};
  const ServerProcess server(bench.binary, bench.directory / "flood");
  create(server.port(), {.connections = 64, .span = kBefore});
  const double cpu = server.cpu_seconds();
  const LoadResult created = create(server.port(), {.connections = 64, .span = kMeasured});
  const double cpu_each =
      (server.cpu_seconds() - cpu) / static_cast<double>(created.latencies_ns.size()) * 1e6;
  bench.table.add({.name = "create, 64 in flight, after 15 s of it",
                   .unit = "per s",
                   .better = Better::higher,
                   .value = created.per_second()});
  bench.table.add({.name = "create, 64 in flight, after 15 s of it, server's CPU each",
                   .unit = "us",
                   .value = cpu_each});
  bench.table.add({.name = "create, 64 in flight, lists whole after 20 s of it",
                   .unit = "s",
                   .value = server.wait_until_idle()});
}

// Clients that do not wait for an answer before they send on: 4 connections, 16 requests on each,
// so as many are in flight as above and only the transport has less to do.
void measure_pipelined(const Bench& bench) {
  constexpr std::size_t kConnections = 4;
  constexpr std::size_t kPipelined = 16;
  const ServerProcess server(bench.binary, bench.directory / "pipelined");
  create(server.port(), {.connections = kConnections, .pipelined = kPipelined, .requests = 2'000});
  const double cpu = server.cpu_seconds();
  const LoadResult created =
      create(server.port(), {.connections = kConnections, .pipelined = kPipelined, .span = kSpan});
  const double cpu_each =
      (server.cpu_seconds() - cpu) / static_cast<double>(created.latencies_ns.size()) * 1e6;
  bench.table.add({.name = "create, 4 connections, 16 pipelined",
                   .unit = "per s",
                   .better = Better::higher,
                   .value = created.per_second(),
                   .yardstick_name = "HTTP echo, 4 x 16 pipelined",
                   .yardstick = echo({.connections = kConnections, .pipelined = kPipelined},
                                     task_body(), kAnswerBytes)
                                    .per_second()});
  bench.table.add({.name = "create, 4 x 16 pipelined, p99",
                   .unit = "ms",
                   .value = created.percentile_ms(0.99)});
  bench.table.add(
      {.name = "create, 4 x 16 pipelined, server's CPU each", .unit = "us", .value = cpu_each});
}

void measure_batches(const Bench& bench) {
  const ServerProcess server(bench.binary, bench.directory / "batch");
  const std::string body = batch_body(kBatchTasks);
  Load load{.connections = 8,
            .span = kSpan,
            .request = request_bytes("/api/v1/tasks:batch", body),
            .expected_status = 201};
  const double cpu = server.cpu_seconds();
  const LoadResult created = offer_load(server.port(), load);
  const double tasks = static_cast<double>(created.latencies_ns.size() * kBatchTasks);
  const double cpu_each = (server.cpu_seconds() - cpu) / tasks * 1e6;
  const Figure figure{.name = "create, batches of 100, 8 in flight",
                      .unit = "per s",
                      .better = Better::higher,
                      .value = tasks / created.seconds};
  Figure row = figure;
  row.yardstick_name = "HTTP echo of the same bytes";
  row.yardstick = echo({.connections = 8}, body, kBatchTasks * kAnswerBytes).per_second() *
                  static_cast<double>(kBatchTasks);
  row.budget = 120'000;
  bench.table.add(row);
  row = figure;
  row.yardstick_name = "the store alone, 256 a commit";
  row.yardstick = store_alone(bench.directory, 256, kYardstickSpan).records_per_second;
  bench.table.add(row);
  bench.table.add(
      {.name = "create, batches of 100, server's CPU each", .unit = "us", .value = cpu_each});
}

}  // namespace

void measure_creating(const Bench& bench) {
  measure_one_at_a_time(bench);
  measure_in_flight(bench);
  measure_flood(bench);
  measure_pipelined(bench);
  measure_batches(bench);
}

}  // namespace carillon::bench
