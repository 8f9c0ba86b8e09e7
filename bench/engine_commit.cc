// Durable state transitions per second: the engine on RocksDB with an operator that does almost
// nothing, beside a plain append and fdatasync of the same bytes in the same run.
//
//   engine_commit [seconds per figure] [stored keys]
//
// One transition: read and rewrite 500 bytes of state, move a wake-up, emit a 300-byte fact,
// answer.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <semaphore>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "adapters/embedded/rocksdb/rocksdb_engine_store.h"
#include "adapters/system/system_clock.h"
#include "base/check.h"
#include "runtime/engine/engine_thread.h"

namespace carillon {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kStateBytes = 500;
constexpr std::size_t kFactBytes = 300;
constexpr std::size_t kInputBytes = 100;
constexpr std::size_t kKeyBytes = 16;

class RewriteOperator final : public Operator {
 public:
  Result<void> on_record(Context& context, const Record& record) override {
    Bytes state = context.get(0).value_or(Bytes(kStateBytes, 's'));
    state.front() = static_cast<char>(state.front() + 1);
    context.put(0, std::move(state));
    // Far in the future and different each time, so that a wake-up is moved and never fires.
    context.wake_at(context.now() + Duration::days(1) + Duration::milliseconds(++moves_ % 100'000));
    context.emit(Topic::task_events, FactType::run_completed, Key(context.key()),
                 Bytes(kFactBytes, 'f'));
    context.emit(Topic::task_responses, FactType::task_answer, Key(context.key()),
                 Bytes(record.payload.substr(0, 32)));
    return {};
  }

 private:
  std::int64_t moves_ = 0;
};

class CountingSink final : public EffectSink {
 public:
  void release(std::span<const FactRecord> facts) override { facts_ += facts.size(); }

 private:
  std::size_t facts_ = 0;
};

Key key_of(std::uint64_t number) {
  Key key(kKeyBytes, 'k');
  for (std::size_t i = 0; i < 8; ++i) key[i] = static_cast<char>(number >> (i * 8));
  return key;
}

// Processor time of the whole process, client and background compaction included.
double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct Figure {
  double per_second = 0;
  double records_per_commit = 0;
  double commit_ms = 0;  // Mean.
  double cpu_us = 0;     // Per transition.
};

struct Load {
  std::ptrdiff_t outstanding;
  std::uint64_t keys;
  std::chrono::duration<double> span;
};

// Keeps that many transitions outstanding for a while.
Figure measure_engine(EngineThread& engine, const Load& load,
                      const std::atomic<std::int64_t>& commit_ns) {
  std::counting_semaphore<> places(load.outstanding);
  const EngineCounts before = engine.gauges().counts;
  const std::int64_t ns_before = commit_ns.load();
  const double cpu_before = cpu_seconds();
  const auto begin = Steady::now();
  std::uint64_t sent = 0;
  std::uint64_t random = 1;
  while (Steady::now() - begin < load.span) {
    places.acquire();
    random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    auto taken = engine.intake().submit({.to = OperatorName::task_scheduler,
                                         .type = RecordType::update_task,
                                         .key = key_of((random >> 33) % load.keys),
                                         .payload = Bytes(kInputBytes, 'i'),
                                         .completion = [&places](Result<Answered> told) {
                                           CARILLON_CHECK(told.has_value());
                                           places.release();
                                         }});
    CARILLON_CHECK(taken.has_value());
    ++sent;
  }
  for (std::ptrdiff_t i = 0; i < load.outstanding; ++i) places.acquire();
  const double seconds = std::chrono::duration<double>(Steady::now() - begin).count();
  const auto batches = static_cast<double>(engine.gauges().counts.batches - before.batches);
  return {.per_second = static_cast<double>(sent) / seconds,
          .records_per_commit = static_cast<double>(sent) / batches,
          .commit_ms = static_cast<double>(commit_ns.load() - ns_before) / batches / 1e6,
          .cpu_us = (cpu_seconds() - cpu_before) / static_cast<double>(sent) * 1e6};
}

// Appends the bytes that a batch of that many transitions carries, and syncs them, one after the
// other.
Figure measure_append(const fs::path& directory, double records,
                      std::chrono::duration<double> span) {
  const std::size_t bytes_each = kStateBytes + kFactBytes + kInputBytes + 32 + 4 * kKeyBytes;
  const std::string block(static_cast<std::size_t>(records * static_cast<double>(bytes_each)), 'b');
  const fs::path file = directory / "append.log";
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  CARILLON_CHECK(descriptor >= 0);
  std::uint64_t syncs = 0;
  const double cpu_before = cpu_seconds();
  const auto begin = Steady::now();
  while (Steady::now() - begin < span) {
    CARILLON_CHECK(::write(descriptor, block.data(), block.size()) ==
                   static_cast<ssize_t>(block.size()));
    CARILLON_CHECK(::fdatasync(descriptor) == 0);
    ++syncs;
  }
  const double seconds = std::chrono::duration<double>(Steady::now() - begin).count();
  ::close(descriptor);
  fs::remove(file);
  return {.per_second = static_cast<double>(syncs) * records / seconds,
          .records_per_commit = records,
          .commit_ms = seconds / static_cast<double>(syncs) * 1e3,
          .cpu_us = (cpu_seconds() - cpu_before) / (static_cast<double>(syncs) * records) * 1e6};
}

void print(std::string_view what, std::ptrdiff_t outstanding, const Figure& figure) {
  fmt::print(
      "{:<20} {:>5} outstanding {:>8.0f} per s {:>6.1f} a commit {:>6.2f} ms {:>6.1f} us CPU "
      "each\n",
      what, outstanding, figure.per_second, figure.records_per_commit, figure.commit_ms,
      figure.cpu_us);
  std::fflush(stdout);
}

// Stores every key once, in large batches.
void fill(EngineThread& engine, std::uint64_t keys) {
  constexpr std::ptrdiff_t kOutstanding = 8192;
  std::counting_semaphore<> places(kOutstanding);
  for (std::uint64_t i = 0; i < keys; ++i) {
    places.acquire();
    CARILLON_CHECK(engine.intake()
                       .submit({.to = OperatorName::task_scheduler,
                                .type = RecordType::update_task,
                                .key = key_of(i),
                                .payload = Bytes(kInputBytes, 'i'),
                                .completion = [&](Result<Answered>) { places.release(); }})
                       .has_value());
  }
  for (std::ptrdiff_t i = 0; i < kOutstanding; ++i) places.acquire();
}

int run(double seconds, std::uint64_t keys) {
  std::string pattern = (fs::temp_directory_path() / "carillon-bench-XXXXXX").string();
  CARILLON_CHECK(::mkdtemp(pattern.data()) != nullptr);
  const fs::path directory(pattern);
  {
    auto store = RocksdbEngineStore::open(directory / "engine", {});
    CARILLON_CHECK(store.has_value(), store ? "" : store.error().message);
    CountingSink sink;
    const SystemClock clock;
    std::atomic<std::int64_t> commit_ns = 0;
    auto engine = EngineThread::open(
        {.store = **store,
         .sink = sink,
         .clock = clock,
         .operators =
             make_operators([](OperatorName) { return std::make_unique<RewriteOperator>(); }),
         .on_commit = [&](CommitSample sample) { commit_ns += sample.commit_ns; }});
    CARILLON_CHECK(engine.has_value());
    (*engine)->start();
    const auto begin = Steady::now();
    fill(**engine, keys);
    fmt::print("stored {} keys in {:.1f} s\n", keys,
               std::chrono::duration<double>(Steady::now() - begin).count());
    const std::chrono::duration<double> span(seconds);
    for (const std::ptrdiff_t outstanding : {1, 64, 1024}) {
      const Figure engine_figure = measure_engine(
          **engine, {.outstanding = outstanding, .keys = keys, .span = span}, commit_ns);
      print("engine and RocksDB", outstanding, engine_figure);
      print("append and fdatasync", outstanding,
            measure_append(directory, engine_figure.records_per_commit, span));
    }
    (*engine)->stop();
  }
  std::error_code ignored;
  fs::remove_all(directory, ignored);
  return 0;
}

}  // namespace
}  // namespace carillon

int main(int count, char** arguments) {
  const double seconds = count > 1 ? std::atof(arguments[1]) : 5;
  const std::uint64_t keys = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 100'000;
  return carillon::run(seconds, keys);
}
