#include "run_times.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "load_client.h"

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

RunTimes read_runs(std::uint16_t port) {
  RunTimes times;
  std::string target = "/api/v1/runs?status=COMPLETED&pageSize=1000";
  for (;;) {
    const std::string page = ask_once(port, target);
    collect(page, "startedAt", times.started);
    collect(page, "endedAt", times.ended);
    const std::string_view token = json_text(page, "nextPageToken");
    if (token.empty()) break;
    target = fmt::format("/api/v1/runs?status=COMPLETED&pageSize=1000&pageToken={}", token);
  }
  std::ranges::sort(times.started);
  std::ranges::sort(times.ended);
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

RunTimes completed_runs(std::uint16_t port, std::string_view last_task, std::size_t count) {
  const auto begin = Steady::now();
  const std::string status = fmt::format("/api/v1/tasks/{}/status", last_task);
  while (json_text(ask_once(port, status), "status") != "COMPLETED") {
    require(Steady::now() - begin < kPatience, "the runs do not end");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  for (;;) {
    RunTimes times = read_runs(port);
    if (times.ended.size() >= count) return times;
    require(Steady::now() - begin < kPatience, "runs are missing");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
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
  const std::string one = task_body(run_at);
  std::string body = R"({"tasks":[)";
  for (std::size_t i = 0; i < tasks; ++i) {
    if (i > 0) body.push_back(',');
    body += one;
  }
  return body + "]}";
}

}  // namespace carillon::bench
