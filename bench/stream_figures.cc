// Events to 100 clients that follow task-events: how soon after the answer each has it, and how
// many are delivered per second when more come than can be.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "fan_out.h"
#include "load_client.h"
#include "paced_load.h"
#include "run_times.h"
#include "server_figures.h"
#include "server_process.h"
#include "stream_crowd.h"

namespace carillon::bench {
namespace {

constexpr std::size_t kClients = 100;
constexpr std::size_t kFlood = 5'000;
constexpr double kPacedPerSecond = 100;
constexpr std::chrono::seconds kPacedSpan{5};
constexpr std::size_t kPieceBytes = 16 * 1024;

// 100 tasks a second, so 10,000 events: all is well unless something waits.
void measure_delay(const Bench& bench) {
  const ServerProcess server(bench.binary, bench.directory / "delay");
  StreamCrowd crowd(server.port(), kClients);
  std::unordered_map<std::size_t, Steady::time_point> answered;
  const std::vector<PacedKind> kinds{
      {.per_second = kPacedPerSecond,
       .connections = 4,
       .expected_status = 201,
       .next_request = [] { return request_bytes("/api/v1/tasks", task_body()); },
       .on_answer =
           [&](std::string_view body) {
             answered.emplace(StreamCrowd::task_hash(json_text(body, "id")), Steady::now());
           }}};
  const double cpu = server.cpu_seconds();
  offer_paced(server.port(), kinds, kPacedSpan);
  LoadResult delay;
  for (const StreamCrowd::Arrival& arrival : crowd.take(answered.size())) {
    const auto after = arrival.at - answered.at(arrival.task);
    delay.latencies_ns.push_back(std::max<std::int64_t>(after.count(), 0));
  }
  const double cpu_each =
      (server.cpu_seconds() - cpu) / static_cast<double>(delay.latencies_ns.size()) * 1e6;
  std::ranges::sort(delay.latencies_ns);
  for (const auto& [name, part] : {std::pair{"p50", 0.5}, {"p99", 0.99}, {"max", 1.0}}) {
    bench.table.add({.name = std::string("events to 100 clients, answer to arrival, ") + name,
                     .unit = "ms",
                     .value = delay.percentile_ms(part)});
  }
  bench.table.add(
      {.name = "events to 100 clients, server's CPU each", .unit = "us", .value = cpu_each});
}

void measure_flood(const Bench& bench) {
  const ServerProcess server(bench.binary, bench.directory / "flood");
  StreamCrowd crowd(server.port(), kClients);
  const auto begin = Steady::now();
  const LoadResult created =
      offer_load(server.port(), {.connections = 64,
                                 .requests = kFlood,
                                 .request = request_bytes("/api/v1/tasks", task_body()),
                                 .expected_status = 201});
  const std::vector<StreamCrowd::Arrival> arrivals = crowd.take(kFlood);
  const double seconds = std::chrono::duration<double>(arrivals.back().at - begin).count();
  const double event_bytes =
      static_cast<double>(crowd.bytes()) / static_cast<double>(arrivals.size());
  const double alone =
      fan_out_bytes_per_second(kClients, crowd.bytes() / kClients, kPieceBytes) / event_bytes;
  bench.table.add({.name = "events to 100 clients, delivered",
                   .unit = "per s",
                   .better = Better::higher,
                   .value = static_cast<double>(arrivals.size()) / seconds,
                   .yardstick_name = "the same bytes to 100 sockets",
                   .yardstick = alone});
  bench.table.add({.name = "create, 64 in flight, 100 clients follow",
                   .unit = "per s",
                   .better = Better::higher,
                   .value = created.per_second()});
}

}  // namespace

void measure_streams(const Bench& bench) {
  measure_delay(bench);
  measure_flood(bench);
}

}  // namespace carillon::bench
