// Schedules that come due in the same second, again and again.
#include <string>

#include "load_client.h"
#include "run_times.h"
#include "server_figures.h"
#include "server_process.h"
#include "start_watch.h"
#include "yardsticks.h"

namespace carillon::bench {
namespace {

constexpr std::size_t kBatchTasks = 100;
constexpr std::chrono::duration<double> kYardstickSpan{1};

// The next full second that is at least so far away.
Instant second_after(Duration span) {
  const std::int64_t ms = (wall_now() + span).unix_ms();
  return Instant::from_unix_ms((ms + 999) / 1000 * 1000);
}

void sleep_until(Instant end) {
  std::this_thread::sleep_for(std::chrono::milliseconds((end - wall_now()).ms()));
}

// Makes so many schedules that are due in each of so many seconds, and waits for their end.
void run_each_second(std::uint16_t port, std::size_t count, Instant first, std::size_t rounds) {
  const auto span = static_cast<std::int64_t>(rounds) * 1000;
  const RecurringTask task{.cron = "* * * * * *",
                           .start_at = first,
                           .end_at = first + Duration::milliseconds(span - 500)};
  const std::vector<std::string> bodies(kBatchTasks, recurring_body(task));
  offer_load(port, {.connections = 4,
                    .requests = count / kBatchTasks,
                    .request = request_bytes("/api/v1/tasks:batch?schedule=true", batch_of(bodies)),
                    .expected_status = 201});
  require(wall_now() < task.start_at, "the schedules were not stored before they came due");
  sleep_until(first + Duration::milliseconds(span));
}

// 1,000 due together in each of five seconds.
void measure_thousand(const Bench& bench) {
  constexpr std::size_t kTasks = 1'000;
  constexpr std::size_t kRounds = 5;
  const ServerProcess server(bench.binary, bench.directory / "thousand");
  StartWatch watch(server.port());
  const Instant first = second_after(Duration::seconds(2));
  run_each_second(server.port(), kTasks, first, kRounds);
  static_cast<void>(server.wait_until_idle());
  const LoadResult late = watch.take_after(0);
  const SyncFigure store = store_alone(bench.directory, 256, kYardstickSpan);
  bench.table.add({.name = "1,000 recurring in one second, lateness p50",
                   .unit = "ms",
                   .value = late.percentile_ms(0.5)});
  bench.table.add({.name = "1,000 recurring in one second, lateness p99",
                   .unit = "ms",
                   .value = late.percentile_ms(0.99),
                   .yardstick_name = "the store alone, 1,000 by 256",
                   .yardstick = static_cast<double>(kTasks) / store.records_per_second * 1e3,
                   .budget = 30});
  bench.table.add({.name = "1,000 recurring in one second, lateness max",
                   .unit = "ms",
                   .value = late.percentile_ms(1)});
  bench.table.add({.name = "1,000 recurring in one second, runs held",
                   .unit = "per s",
                   .better = Better::higher,
                   .value = static_cast<double>(late.latencies_ns.size()) / kRounds,
                   .yardstick_name = "those due",
                   .yardstick = kTasks});
  bench.table.add({.name = "1,000 recurring in one second, p99 by rows",
                   .unit = "ms",
                   .value = lateness_by_rows(server.port()).percentile_ms(0.99)});
}

// 10,000 due each second: more than a small machine may hold. What is not held shows as slots that
// were skipped, because the run before was still waiting, and as lateness.
void measure_ten_thousand(const Bench& bench) {
  constexpr std::size_t kTasks = 10'000;
  constexpr std::size_t kRounds = 10;
  const ServerProcess server(bench.binary, bench.directory / "ten-thousand");
  const Instant first = second_after(Duration::seconds(4));
  run_each_second(server.port(), kTasks, first, kRounds);
  const double behind = server.wait_until_idle();
  const LoadResult late = lateness_by_rows(server.port());
  const double runs = static_cast<double>(late.latencies_ns.size());
  bench.table.add({.name = "10,000 recurring each second, runs held",
                   .unit = "per s",
                   .better = Better::higher,
                   .value = runs / static_cast<double>(kRounds),
                   .yardstick_name = "those due",
                   .yardstick = static_cast<double>(kTasks)});
  bench.table.add({.name = "10,000 recurring each second, late p50",
                   .unit = "ms",
                   .value = late.percentile_ms(0.5)});
  bench.table.add({.name = "10,000 recurring each second, late p99",
                   .unit = "ms",
                   .value = late.percentile_ms(0.99)});
  bench.table.add({.name = "10,000 recurring each second, late max",
                   .unit = "ms",
                   .value = late.percentile_ms(1)});
  bench.table.add(
      {.name = "10,000 recurring each second, idle after", .unit = "s", .value = behind});
}

}  // namespace

void measure_recurring(const Bench& bench) {
  measure_thousand(bench);
  measure_ten_thousand(bench);
}

}  // namespace carillon::bench
