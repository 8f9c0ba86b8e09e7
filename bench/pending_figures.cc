// 1 million pending tasks: what each takes in memory and on the disk, and how soon a server with
// all of them is there again after kill -9.
#include <filesystem>
#include <memory>

#include "load_client.h"
#include "server_figures.h"
#include "server_process.h"

namespace carillon::bench {
namespace {

namespace fs = std::filesystem;

constexpr auto kTasks = static_cast<double>(kManyTasks);

// Of files that begin with the name, or all.
double bytes_on_disk(const fs::path& folder, std::string_view name = {}) {
  double bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || !entry.path().filename().string().starts_with(name)) continue;
    bytes += static_cast<double>(entry.file_size());
  }
  return bytes;
}

struct Empty {
  double seconds_to_answer = 0;
  double bytes = 0;
  double bytes_without_caches = 0;
};

// The store's cache cannot be smaller; what its blocks take is then not worth counting.
const std::vector<std::string> kNoCache{"storage.cache-bytes=1MiB"};

Empty measure_empty(const Bench& bench) {
  Empty empty;
  {
    const ServerProcess server(bench.binary, bench.directory / "empty");
    static_cast<void>(server.wait_until_idle());
    empty.seconds_to_answer = server.seconds_to_answer();
    empty.bytes = server.anonymous_bytes();
  }
  const ServerProcess server(bench.binary, bench.directory / "empty", kNoCache);
  static_cast<void>(server.wait_until_idle());
  empty.bytes_without_caches = server.anonymous_bytes();
  return empty;
}

void add_disk(const Bench& bench) {
  const double all = bytes_on_disk(bench.stored.data());
  const double views = bytes_on_disk(bench.stored.data(), "views.db");
  bench.table.add({.name = "1 million pending, disk each",
                   .unit = "bytes",
                   .value = all / kTasks,
                   .yardstick_name = "the task in its request",
                   .yardstick = static_cast<double>(pending_task_bytes())});
  bench.table.add({.name = "1 million pending, disk each, views' part",
                   .unit = "bytes",
                   .value = views / kTasks});
}

// Twice, because the second start has less of a log to read: the first is the one that counts.
void add_restart(const Bench& bench, const Empty& empty) {
  const ServerProcess& server = bench.stored.restart();
  bench.table.add({.name = "restart after kill -9 with 1 million",
                   .unit = "s",
                   .value = server.seconds_to_answer(),
                   .yardstick_name = "start with none",
                   .yardstick = empty.seconds_to_answer,
                   .budget = 2});
  static_cast<void>(server.wait_until_idle());
  bench.table.add({.name = "1 million pending, memory each, restarted",
                   .unit = "bytes",
                   .value = (server.anonymous_bytes() - empty.bytes) / kTasks});
}

}  // namespace

void measure_pending(const Bench& bench) {
  const Empty empty = measure_empty(bench);
  const ServerProcess& server = bench.stored.at_least(kManyTasks);
  bench.table.add({.name = "1 million armed in batches",
                   .unit = "per s",
                   .better = Better::higher,
                   .value = kTasks / bench.stored.fill_seconds()});
  bench.table.add({.name = "1 million armed, views caught up after",
                   .unit = "s",
                   .value = bench.stored.settle_seconds()});
  bench.table.add({.name = "1 million pending, memory each, with caches",
                   .unit = "bytes",
                   .value = (server.anonymous_bytes() - empty.bytes) / kTasks});
  add_disk(bench);
  add_restart(bench, empty);
  const ServerProcess& bare = bench.stored.restart(kNoCache);
  static_cast<void>(bare.wait_until_idle());
  bench.table.add({.name = "1 million pending, memory each",
                   .unit = "bytes",
                   .value = (bare.anonymous_bytes() - empty.bytes_without_caches) / kTasks,
                   .yardstick_name = "its id and its instant",
                   .yardstick = 24,
                   .budget = 120});
  bench.stored.restart();
}

}  // namespace carillon::bench
