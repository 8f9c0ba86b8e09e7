// Everything at once on a server with 1 million tasks: creates, gets, lists, cancels at fixed
// rates, and 500 recurring runs each second. Shows stalls: each latency is counted from when its
// request was due, so one second in which nothing moves is in every p99.9 and max.
#include <array>
#include <deque>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "load_client.h"
#include "paced_load.h"
#include "run_times.h"
#include "server_figures.h"
#include "server_process.h"
#include "yardsticks.h"

namespace carillon::bench {
namespace {

constexpr std::chrono::seconds kUsualSpan{20};
constexpr std::chrono::seconds kFullSpan{600};
constexpr std::size_t kRecurring = 500;
constexpr std::size_t kBatchTasks = 100;
constexpr std::size_t kIdsKept = 100'000;  // Gets ask for one of the last so many.
constexpr std::string_view kFarAway = "2150-01-01T00:00:00Z";
constexpr std::array<std::string_view, 5> kKindNames{"create", "get", "list", "search", "cancel"};
constexpr std::array<std::string_view, 4> kLists{"", "filter=status:running", "filter=tag:rare",
                                                 "orderBy=nextExecutionTime"};

// What the clients of the load know of each other's tasks. They have more connections than a disk
// that takes 10 ms for a sync would fill at these rates, so waiting is the server's, not theirs.
class MixedClients {
 public:
  std::vector<PacedKind> kinds() {
    return {
        {.per_second = 1'500,
         .connections = 64,
         .expected_status = 201,
         .next_request = [this] { return create_; },
         .on_answer = [this](std::string_view body) { keep(json_text(body, "id")); }},
        {.per_second = 1'500, .connections = 32, .next_request = [this] { return get(); }},
        {.per_second = 20, .connections = 2, .next_request = [this] { return list(); }},
        {.per_second = 10, .connections = 2, .next_request = [this] { return search(); }},
        {.per_second = 300, .connections = 32, .next_request = [this] { return cancel(); }},
    };
  }

 private:
  void keep(std::string_view id) {
    ids_.emplace_back(id);
    to_cancel_.emplace_back(id);
    if (ids_.size() > kIdsKept) ids_.pop_front();
  }

  // The same order in every run.
  std::size_t any(std::size_t count) {
    mixed_ = mixed_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>(mixed_ >> 33U) % count;
  }

  std::string get() {
    if (ids_.empty()) return {};
    return request_bytes(fmt::format("/api/v1/tasks/{}", ids_[any(ids_.size())]), "");
  }

  std::string list() {
    return request_bytes(fmt::format("/api/v1/tasks?{}", kLists[any(kLists.size())]), "");
  }

  std::string search() {
    return request_bytes(fmt::format("/api/v1/tasks?filter=n{}", 100'000 + any(900'000)), "");
  }

  std::string cancel() {
    if (to_cancel_.empty()) return {};
    const std::string id = std::move(to_cancel_.front());
    to_cancel_.pop_front();
    return request_bytes(fmt::format("/api/v1/tasks/{}/cancel", id), "{}");
  }

  const std::string create_ = request_bytes("/api/v1/tasks?schedule=true", task_body(kFarAway));
  std::deque<std::string> ids_;
  std::deque<std::string> to_cancel_;
  std::uint64_t mixed_ = 1;
};

void create_recurring(std::uint16_t port, Instant start_at, std::chrono::seconds span) {
  const RecurringTask task{.cron = "* * * * * *",
                           .start_at = start_at,
                           .end_at = start_at + Duration::seconds(span.count() - 2)};
  const std::vector<std::string> bodies(kBatchTasks, recurring_body(task));
  offer_load(port, {.requests = kRecurring / kBatchTasks,
                    .request = request_bytes("/api/v1/tasks:batch?schedule=true", batch_of(bodies)),
                    .expected_status = 201});
}

// The same paces against a server that only answers, so that what the client and the machine add is
// seen.
LoadResult echo_paced(std::chrono::seconds span) {
  const EchoServer server(1'500);
  const std::vector<PacedKind> kinds{{.per_second = 3'300, .connections = 40, .next_request = [] {
                                        return request_bytes("/", "{}");
                                      }}};
  return offer_paced(server.port(), kinds, span).front();
}

void add_rows(const Bench& bench, std::string_view kind, const LoadResult& result,
              const LoadResult& echo) {
  constexpr std::array<std::pair<std::string_view, double>, 4> kParts{
      {{"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}, {"max", 1}}};
  for (const auto& [name, part] : kParts) {
    bench.table.add({.name = fmt::format("mixed load, {}, {}", kind, name),
                     .unit = "ms",
                     .value = result.percentile_ms(part),
                     .yardstick_name = fmt::format("HTTP echo at the same pace, {}", name),
                     .yardstick = echo.percentile_ms(part)});
  }
}

}  // namespace

void measure_mixed(const Bench& bench) {
  const std::chrono::seconds span = bench.length == Length::full ? kFullSpan : kUsualSpan;
  const ServerProcess& server = bench.stored.at_least(kManyTasks);
  create_recurring(server.port(), wall_now() + Duration::seconds(1), span);
  MixedClients clients;
  const std::vector<PacedKind> kinds = clients.kinds();
  const double cpu = server.cpu_seconds();
  const std::vector<LoadResult> results = offer_paced(server.port(), kinds, span);
  const double busy = (server.cpu_seconds() - cpu) / static_cast<double>(span.count());
  static_cast<void>(server.wait_until_idle());
  const LoadResult echo = echo_paced(std::chrono::seconds(3));
  for (std::size_t i = 0; i < results.size(); ++i) {
    add_rows(bench, kKindNames[i], results[i], echo);
  }
  const LoadResult late = lateness_by_rows(server.port());
  add_rows(bench, "recurring lateness", late, echo);
  bench.table.add({.name = "mixed load, recurring runs that started",
                   .unit = "per s",
                   .better = Better::higher,
                   .value = static_cast<double>(late.latencies_ns.size()) /
                            static_cast<double>(span.count() - 2),
                   .yardstick_name = "those due",
                   .yardstick = static_cast<double>(kRecurring)});
  bench.table.add({.name = "mixed load, server's processors", .unit = "cores", .value = busy});
}

}  // namespace carillon::bench
