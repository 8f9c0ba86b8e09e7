// Lists and searches over 1 million tasks, one request at a time, each beside the transport's own
// time for an answer of that size.
#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "load_client.h"
#include "run_times.h"
#include "server_figures.h"
#include "server_process.h"
#include "yardsticks.h"

namespace carillon::bench {
namespace {

constexpr std::size_t kCreatedOnly = 1'000;
constexpr std::size_t kBatchTasks = 100;
constexpr std::size_t kRequests = 25;
constexpr std::size_t kDeepPages = 100;
constexpr std::string_view kPages = "/api/v1/tasks?pageSize=1000";

struct Case {
  std::string_view name;
  std::string_view query;
};

constexpr std::array kCases{
    Case{"first page", ""},
    Case{"first page by name", "orderBy=name"},
    Case{"first page by next execution", "orderBy=nextExecutionTime"},
    Case{"status of 0.1 %", "filter=status:created"},
    Case{"status of 0.1 %, by name", "filter=status:created&orderBy=name"},
    Case{"status of nobody", "filter=status:failed"},
    Case{"status of nearly all", "filter=status:scheduled"},
    Case{"type of all", "filter=type:noop"},
    Case{"tag of 0.1 %", "filter=tag:rare"},
    Case{"tag of half", "filter=tag:etl"},
    Case{"parameter of all", "filter=param.type:noop"},
    Case{"search, one hit", "filter=n765432"},
    Case{"search, no hit", "filter=zebra"},
    Case{"search, 2 % hit", "filter=%22region%2033%22"},
    Case{"search, nearly all hit", "filter=rollup"},
};

double echo_p50_ms(std::size_t answer_bytes) {
  const EchoServer server(answer_bytes);
  return offer_load(server.port(), {.requests = kRequests, .request = request_bytes("/", "")})
      .percentile_ms(0.5);
}

void measure_case(const Bench& bench, std::uint16_t port, const Case& one) {
  std::size_t answer_bytes = 0;
  const LoadResult listed =
      offer_load(port, {.requests = kRequests,
                        .request = request_bytes(fmt::format("/api/v1/tasks?{}", one.query), ""),
                        .on_answer = [&](std::string_view body) { answer_bytes = body.size(); }});
  bench.table.add({.name = fmt::format("list of 1 million, {}, p50", one.name),
                   .unit = "ms",
                   .value = listed.percentile_ms(0.5),
                   .yardstick_name = "HTTP echo of the same bytes, p50",
                   .yardstick = echo_p50_ms(answer_bytes)});
  bench.table.add({.name = fmt::format("list of 1 million, {}, max", one.name),
                   .unit = "ms",
                   .value = listed.percentile_ms(1)});
}

// The pages behind the first 100,000 tasks against the first ones.
void measure_deep_pages(const Bench& bench, std::uint16_t port) {
  LoadResult first;
  LoadResult deep;
  std::string target(kPages);
  for (std::size_t page = 0; page < kDeepPages + kRequests; ++page) {
    const auto begin = Steady::now();
    const std::string answer = ask_once(port, target);
    const auto took = (Steady::now() - begin).count();
    if (page < kRequests) first.latencies_ns.push_back(took);
    if (page >= kDeepPages) deep.latencies_ns.push_back(took);
    target = fmt::format("{}&pageToken={}", kPages, json_text(answer, "nextPageToken"));
  }
  std::ranges::sort(first.latencies_ns);
  std::ranges::sort(deep.latencies_ns);
  bench.table.add({.name = "list of 1 million, page 100 of 1,000, p50",
                   .unit = "ms",
                   .value = deep.percentile_ms(0.5),
                   .yardstick_name = "the first pages, p50",
                   .yardstick = first.percentile_ms(0.5)});
}

}  // namespace

void measure_lists(const Bench& bench) {
  const ServerProcess& server = bench.stored.at_least(kManyTasks);
  offer_load(server.port(),
             {.requests = kCreatedOnly / kBatchTasks,
              .request = request_bytes("/api/v1/tasks:batch", batch_body(kBatchTasks)),
              .expected_status = 201});
  static_cast<void>(server.wait_until_idle());
  for (const Case& one : kCases) measure_case(bench, server.port(), one);
  measure_deep_pages(bench, server.port());
}

}  // namespace carillon::bench
