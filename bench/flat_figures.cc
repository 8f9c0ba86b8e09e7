// Whether a task costs the same however many are stored: the same load at 10 thousand, at 1 million
// and with --long at 5 million stored tasks. The yardstick is the figure at 10 thousand, so the
// ratio is the flatness.
#include <optional>
#include <string>

#include <fmt/format.h>

#include "load_client.h"
#include "run_times.h"
#include "server_figures.h"
#include "server_process.h"
#include "steady_lives.h"
#include "stored_tasks.h"

namespace carillon::bench {
namespace {

constexpr std::size_t kFewTasks = 10'000;
constexpr std::size_t kMostTasks = 5'000'000;
// So many that the store writes its tables within them, whatever was in memory before.
constexpr std::size_t kCreates = 200'000;
constexpr std::size_t kLives = 20'000;

struct Costs {
  double creates_per_second = 0;
  double create_cpu_us = 0;
  double create_cpu_us_in_all = 0;  // With what is done behind it, until the server is at rest.
  double create_p99_ms = 0;
  SteadyLives lives;
};

Costs measure_costs(const ServerProcess& server) {
  // What the load before has left to be done is not part of what a create costs.
  static_cast<void>(server.wait_until_idle());
  Load load{.connections = 64,
            .requests = 2'000,
            .request = request_bytes("/api/v1/tasks", task_body()),
            .expected_status = 201};
  offer_load(server.port(), load);
  load.requests = kCreates;
  const double cpu = server.cpu_seconds();
  const LoadResult created = offer_load(server.port(), load);
  const auto cpu_us_each = [&] {
    return (server.cpu_seconds() - cpu) / static_cast<double>(kCreates) * 1e6;
  };
  Costs costs{.creates_per_second = created.per_second(),
              .create_cpu_us = cpu_us_each(),
              .create_p99_ms = created.percentile_ms(0.99)};
  static_cast<void>(server.wait_until_idle());
  costs.create_cpu_us_in_all = cpu_us_each();
  costs.lives = run_steady_lives(server, kLives);
  return costs;
}

void add_rows(const Bench& bench, std::string_view stored, const Costs& costs,
              const std::optional<Costs>& few) {
  const auto add = [&](Figure figure, std::string_view name, auto value_of) {
    figure.name = fmt::format("{} stored, {}", stored, name);
    figure.value = value_of(costs);
    if (few) {
      figure.yardstick_name = "with 10 thousand stored";
      figure.yardstick = value_of(*few);
    }
    bench.table.add(std::move(figure));
  };
  const Figure rate{.name = "", .unit = "per s", .better = Better::higher};
  const Figure time{.name = "", .unit = "us"};
  add(rate, "create, 64 in flight", [](const Costs& one) { return one.creates_per_second; });
  add({.name = "", .unit = "ms"}, "create, p99",
      [](const Costs& one) { return one.create_p99_ms; });
  add(time, "create, server's CPU each", [](const Costs& one) { return one.create_cpu_us; });
  add(time, "create, server's CPU each until at rest",
      [](const Costs& one) { return one.create_cpu_us_in_all; });
  add(rate, "full life, steady", [](const Costs& one) { return one.lives.per_second; });
  add(time, "full life, server's CPU each", [](const Costs& one) { return one.lives.cpu_us_each; });
}

Costs measure_few(const Bench& bench) {
  const ServerProcess server(bench.binary, bench.directory / "few");
  create_pending(server.port(), 0, kFewTasks);
  return measure_costs(server);
}

}  // namespace

void measure_flatness(const Bench& bench) {
  const Costs few = measure_few(bench);
  add_rows(bench, "10 thousand", few, {});
  add_rows(bench, "1 million", measure_costs(bench.stored.at_least(kManyTasks)), few);
  if (bench.length == Length::full) {
    add_rows(bench, "5 million", measure_costs(bench.stored.at_least(kMostTasks)), few);
  }
}

}  // namespace carillon::bench
