// Output of attempts: lines kept per second while 16 programs write at once, and lines read through
// the API.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "adapters/embedded/sqlite/sqlite_connection.h"
#include "base/check.h"
#include "load_client.h"
#include "run_times.h"
#include "server_figures.h"
#include "server_process.h"
#include "yardsticks.h"

namespace carillon::bench {
namespace {

constexpr std::size_t kPrograms = 16;
constexpr std::size_t kLinesEach = 12'000;  // Below the bound of output per attempt.
constexpr std::size_t kLines = kPrograms * kLinesEach;
constexpr std::size_t kPageLines = 1'000;
constexpr std::string_view kLine = "line %07.0f of what a program tells while it works";

std::string program_body() {
  return fmt::format(
      R"({{"name":"talker","parameters":{{"type":"command","argv":["seq","-f","{}","1","{}"]}}}})",
      kLine, kLinesEach);
}

// The ids of the runs, newest first.
std::vector<std::string> run_ids(std::uint16_t port) {
  const std::string page = ask_once(port, "/api/v1/runs?status=COMPLETED&pageSize=1000");
  std::vector<std::string> ids;
  constexpr std::string_view kKey = R"("runId":")";
  for (std::size_t at = page.find(kKey); at != std::string::npos; at = page.find(kKey, at + 1)) {
    ids.emplace_back(json_text(std::string_view(page).substr(at), "runId"));
  }
  return ids;
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

struct LogReading {
  std::size_t lines = 0;  // Of the program; notes of the server are not counted.
  std::size_t bytes = 0;
  std::size_t pages = 0;
  double seconds = 0;
};

LogReading read_all(std::uint16_t port, const std::vector<std::string>& runs) {
  LogReading reading;
  const auto begin = Steady::now();
  for (const std::string& run : runs) {
    std::string after = "1.0";
    for (;;) {
      const std::string page = ask_once(
          port, fmt::format("/api/v1/runs/{}/logs?limit={}&after={}", run, kPageLines, after));
      reading.lines += count_of(page, R"("stream":"stdout")");
      reading.bytes += page.size();
      ++reading.pages;
      const std::string next(json_text(page, "nextAfter"));
      if (next == after) break;
      after = next;
    }
  }
  reading.seconds = std::chrono::duration<double>(Steady::now() - begin).count();
  return reading;
}

// Lines per second into one table with the same key, by the thousand.
double sqlite_alone(const std::filesystem::path& file) {
  auto connection = SqliteConnection::open(file, SqliteConnection::Access::write).value();
  CARILLON_CHECK(connection
                     .execute("CREATE TABLE lines(attempt INTEGER, sequence INTEGER, text BLOB, "
                              "PRIMARY KEY(attempt, sequence)) WITHOUT ROWID")
                     .has_value());
  auto insert =
      connection.prepare("INSERT INTO lines VALUES(?1, ?2, ?3)", SqliteConnection::Lifetime::kept)
          .value();
  const std::string text(kLine);
  const auto begin = Steady::now();
  for (std::size_t first = 0; first < kLines; first += kPageLines) {
    auto transaction = SqliteTransaction::begin(connection).value();
    for (std::size_t i = first; i < first + kPageLines; ++i) {
      insert.bind_all(i / kLinesEach, i % kLinesEach, BlobView{text});
      CARILLON_CHECK(insert.run().has_value());
    }
    CARILLON_CHECK(transaction.commit().has_value());
  }
  return static_cast<double>(kLines) / std::chrono::duration<double>(Steady::now() - begin).count();
}

// Lines per second when the same pages come from a server that only answers.
double echo_lines_per_second(const LogReading& reading) {
  const EchoServer server(reading.bytes / reading.pages);
  const auto begin = Steady::now();
  for (std::size_t i = 0; i < reading.pages; ++i) ask_once(server.port(), "/");
  return static_cast<double>(reading.lines) /
         std::chrono::duration<double>(Steady::now() - begin).count();
}

}  // namespace

void measure_logs(const Bench& bench) {
  const ServerProcess server(bench.binary, bench.directory / "logs",
                             {"executors.command.enabled=true"});
  std::string last;
  const Instant begin = wall_now();
  offer_load(server.port(),
             {.connections = kPrograms,
              .requests = kPrograms,
              .request = request_bytes("/api/v1/tasks?schedule=true", program_body()),
              .expected_status = 201,
              .on_answer = [&](std::string_view body) { last = json_text(body, "id"); }});
  const RunTimes runs = completed_runs(server.port(), last, kPrograms);
  const double writing = static_cast<double>((runs.ended.back() - begin).ms()) / 1e3;
  const double behind = server.wait_until_idle();
  const LogReading reading = read_all(server.port(), run_ids(server.port()));
  require(reading.lines > 0, "nothing of the output was kept");
  bench.table.add({.name = "logs, lines written by 16 programs",
                   .unit = "per s",
                   .better = Better::higher,
                   .value = static_cast<double>(reading.lines) / (writing + behind),
                   .yardstick_name = "SQLite alone, 1,000 a commit",
                   .yardstick = sqlite_alone(bench.directory / "lines.db")});
  bench.table.add(
      {.name = "logs, lines kept of those written",
       .unit = "%",
       .better = Better::higher,
       .value = static_cast<double>(reading.lines) / static_cast<double>(kLines) * 100});
  bench.table.add({.name = "logs, lines read, 1,000 a page",
                   .unit = "per s",
                   .better = Better::higher,
                   .value = static_cast<double>(reading.lines) / reading.seconds,
                   .yardstick_name = "HTTP echo of the same bytes",
                   .yardstick = echo_lines_per_second(reading)});
}

}  // namespace carillon::bench
