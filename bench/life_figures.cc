// Whole lives of no-op tasks: created, started, finished, all durable.
#include <chrono>
#include <string>

#include "base/rfc3339.h"
#include "load_client.h"
#include "run_times.h"
#include "server_figures.h"
#include "server_process.h"
#include "steady_lives.h"
#include "yardsticks.h"

namespace carillon::bench {
namespace {

constexpr std::size_t kLives = 20'000;
constexpr std::size_t kBacklog = 10'000;
constexpr std::size_t kBatchTasks = 100;
constexpr Duration kUntilDue = Duration::seconds(5);
constexpr std::chrono::duration<double> kYardstickSpan{1};

double seconds(Duration span) { return static_cast<double>(span.ms()) / 1e3; }

// 64 connections create tasks that run at once; the last one ended is the end.
void measure_steady(const Bench& bench) {
  const ServerProcess server(bench.binary, bench.directory / "steady");
  const SteadyLives lives = run_steady_lives(server, kLives);
  const SyncFigure store = store_alone(bench.directory, 32, kYardstickSpan);
  bench.table.add({.name = "full life of a no-op, steady",
                   .unit = "per s",
                   .better = Better::higher,
                   .value = lives.per_second,
                   .yardstick_name = "the store alone, 32 a commit",
                   .yardstick = store.records_per_second,
                   .budget = 12'000});
  bench.table.add({.name = "full life, still unfinished at the last create",
                   .unit = "tasks",
                   .value = lives.unfinished});
  bench.table.add(
      {.name = "full life, server's CPU each", .unit = "us", .value = lives.cpu_us_each});
}

// One-shots due in the same instant: how late the last one starts, and how fast they are done.
void measure_backlog(const Bench& bench) {
  const ServerProcess server(bench.binary, bench.directory / "backlog");
  const Instant due = wall_now() + kUntilDue;
  std::string last;
  offer_load(server.port(), {.connections = 4,
                             .requests = kBacklog / kBatchTasks,
                             .request = request_bytes("/api/v1/tasks:batch?schedule=true",
                                                      batch_body(kBatchTasks, to_rfc3339(due))),
                             .expected_status = 201,
                             .on_answer = [&](std::string_view body) {
                               last = json_text(body.substr(body.find(R"("task":)")), "id");
                             }});
  require(wall_now() < due, "the backlog was not stored before it came due");
  const RunTimes runs = completed_runs(server.port(), last, kBacklog);
  require(runs.started.front() >= due, "a task ran early");
  const SyncFigure store = store_alone(bench.directory, 256, kYardstickSpan);
  bench.table.add({.name = "10,000 due at once, last one started",
                   .unit = "ms",
                   .value = seconds(runs.started.back() - due) * 1e3,
                   .yardstick_name = "the store alone, 10,000 by 256",
                   .yardstick = static_cast<double>(kBacklog) / store.records_per_second * 1e3,
                   .budget = 400});
  bench.table.add({.name = "full life of a no-op, draining 10,000",
                   .unit = "per s",
                   .better = Better::higher,
                   .value = static_cast<double>(kBacklog) / seconds(runs.ended.back() - due),
                   .yardstick_name = "the store alone, 256 a commit",
                   .yardstick = store.records_per_second,
                   .budget = 35'000});
}

}  // namespace

void measure_lives(const Bench& bench) {
  measure_steady(bench);
  measure_backlog(bench);
}

}  // namespace carillon::bench
