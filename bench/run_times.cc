#include "run_times.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/rfc3339.h"

namespace carillon::bench {
namespace {

constexpr std::chrono::seconds kPatience{60};

// Brings the body to about 500 bytes.
constexpr std::string_view kDescription =
    "Sums the orders of the last day per region and product, compares the sums with those of the "
    "week before, and writes both into the table that the morning report reads. Owned by the data "
    "team; when it fails, run it again by hand before eight o'clock, or tell the reports' readers.";

void collect(std::string_view json, std::string_view name, std::vector<Instant>& into) {
  const std::string key = fmt::format("\"{}\":\"", name);
  for (std::size_t at = json.find(key); at != std::string_view::npos; at = json.find(key, at)) {
    at += key.size();
    const auto read = parse_rfc3339(json.substr(at, json.find('"', at) - at));
    require(read.has_value(), "A run has a time that cannot be read.");
    into.push_back(*read);
  }
}

// Calls with each page of the completed runs.
void for_each_page(std::uint16_t port, const std::function<void(std::string_view)>& on_page) {
  const std::string first = "/api/v1/runs?status=COMPLETED&pageSize=1000";
  std::string target = first;
  for (;;) {
    const std::string page = ask_once(port, target);
    on_page(page);
    const std::string_view token = json_text(page, "nextPageToken");
    if (token.empty()) return;
    target = fmt::format("{}&pageToken={}", first, token);
  }
}

void drop_before(std::vector<Instant>& sorted, Instant since) {
  sorted.erase(sorted.begin(), std::ranges::lower_bound(sorted, since));
}

RunTimes read_runs(std::uint16_t port, Instant since) {
  RunTimes times;
  for_each_page(port, [&](std::string_view page) {
    collect(page, "startedAt", times.started);
    collect(page, "endedAt", times.ended);
  });
  std::ranges::sort(times.started);
  std::ranges::sort(times.ended);
  drop_before(times.started, since);
  drop_before(times.ended, since);
  return times;
}

}  // namespace

std::string_view json_text(std::string_view json, std::string_view name) {
  const std::string key = fmt::format("\"{}\":\"", name);
  const std::size_t at = json.find(key);
  if (at == std::string_view::npos) return {};
  const std::size_t begin = at + key.size();
  return json.substr(begin, json.find('"', begin) - begin);
}

RunTimes completed_runs(std::uint16_t port, std::string_view last_task, std::size_t count,
                        Instant since) {
  const auto begin = Steady::now();
  const std::string status = fmt::format("/api/v1/tasks/{}/status", last_task);
  while (json_text(ask_once(port, status), "status") != "COMPLETED") {
    require(Steady::now() - begin < kPatience, "the runs do not end");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  for (;;) {
    RunTimes times = read_runs(port, since);
    if (times.ended.size() >= count) return times;
    require(Steady::now() - begin < kPatience, "runs are missing");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

LoadResult lateness_by_rows(std::uint16_t port) {
  LoadResult lateness;
  for_each_page(port, [&](std::string_view page) {
    std::vector<Instant> due;
    std::vector<Instant> started;
    collect(page, "due", due);
    collect(page, "startedAt", started);
    require(due.size() == started.size(), "a run without the instant at which it was due");
    for (std::size_t i = 0; i < due.size(); ++i) {
      require(started[i] >= due[i], "a run started early");
      lateness.latencies_ns.push_back((started[i] - due[i]).ms() * 1'000'000);
    }
  });
  std::ranges::sort(lateness.latencies_ns);
  return lateness;
}

Instant wall_now() {
  return Instant::from_unix_ms(std::chrono::duration_cast<std::chrono::milliseconds>(
                                   std::chrono::system_clock::now().time_since_epoch())
                                   .count());
}

std::string task_body(std::string_view run_at) {
  const std::string when = run_at.empty() ? "" : fmt::format(R"("runAt":"{}",)", run_at);
  return fmt::format(
      R"({{"name":"nightly rollup of the sales figures","description":"{}",{}"createdBy":"bench",)"
      R"("maxRetries":3,"retryDelayMs":5000,"tags":["etl","sales"],)"
      R"("parameters":{{"type":"noop"}}}})",
      kDescription, when);
}

std::string batch_body(std::size_t tasks, std::string_view run_at) {
  return batch_of(std::vector<std::string>(tasks, task_body(run_at)));
}

std::string batch_of(const std::vector<std::string>& bodies) {
  return fmt::format(R"({{"tasks":[{}]}})", fmt::join(bodies, ","));
}

std::string recurring_body(const RecurringTask& task) {
  return fmt::format(
      R"({{"name":"heartbeat of a machine","cronExpression":"{}","startAt":"{}","endAt":"{}",)"
      R"("createdBy":"bench","tags":["recurring"],"parameters":{{"type":"noop"}}}})",
      task.cron, to_rfc3339(task.start_at), to_rfc3339(task.end_at));
}

}  // namespace carillon::bench
