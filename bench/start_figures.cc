// From enqueue to start on an idle system: from the first byte of the request to the arrival of the
// event run.started at a client that follows the stream, so the stream's own way is part of it.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load_client.h"
#include "run_times.h"
#include "server_figures.h"
#include "server_process.h"
#include "yardsticks.h"

namespace carillon::bench {
namespace {

constexpr std::size_t kTasks = 300;
constexpr std::size_t kWarmUp = 20;
constexpr std::chrono::milliseconds kPause{5};
constexpr int kPatienceMs = 10'000;

// A socket with what has arrived on it and was not consumed.
struct Inbox {
  explicit Inbox(std::uint16_t port) : descriptor(connect_loopback(port)) {}
  ~Inbox() { ::close(descriptor); }
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  void send(std::string_view bytes) const {
    require(::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(bytes.size()),
            "The server takes no request.");
  }

  // Waits until the text has arrived and drops everything up to its end.
  void wait_for(std::string_view text) {
    std::size_t at = received.find(text);
    while (at == std::string::npos) {
      pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
      require(::poll(&waiting, 1, kPatienceMs) == 1, text);
      std::array<char, 16 * 1024> bytes{};
      const ssize_t got = ::recv(descriptor, bytes.data(), bytes.size(), 0);
      require(got > 0, "the server closed the connection");
      received.append(bytes.data(), static_cast<std::size_t>(got));
      at = received.find(text);
    }
    received.erase(0, at + text.size());
  }

  int descriptor;
  std::string received;
};

}  // namespace

void measure_starting(const Bench& bench) {
  const ServerProcess server(bench.binary, bench.directory / "start");
  Inbox events(server.port());
  events.send(request_bytes("/api/v1/events/stream?topic=task-events", ""));
  events.wait_for(":\n\n");
  Inbox requests(server.port());
  const std::string request = request_bytes("/api/v1/tasks?schedule=true", task_body());
  LoadResult started;
  for (std::size_t i = 0; i < kWarmUp + kTasks; ++i) {
    const auto begin = Steady::now();
    requests.send(request);
    events.wait_for("event: run.started");
    if (i >= kWarmUp) started.latencies_ns.push_back((Steady::now() - begin).count());
    requests.wait_for("\"warnings\":");
    events.wait_for("event: task.completed");
    std::this_thread::sleep_for(kPause);  // The system shall be idle; nothing is waited for.
  }
  std::ranges::sort(started.latencies_ns);
  const SyncFigure synced = append_and_sync(bench.directory, 1, std::chrono::seconds(1));
  bench.table.add({.name = "enqueue to run.started at a client, p50",
                   .unit = "ms",
                   .value = started.percentile_ms(0.5),
                   .yardstick_name = "append and fdatasync of 1, p50",
                   .yardstick = synced.p50_ms,
                   .budget = 1});
  bench.table.add({.name = "enqueue to run.started at a client, p99",
                   .unit = "ms",
                   .value = started.percentile_ms(0.99),
                   .yardstick_name = "append and fdatasync of 1, p99",
                   .yardstick = synced.p99_ms,
                   .budget = 2.5});
}

}  // namespace carillon::bench
