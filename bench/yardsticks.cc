#include "yardsticks.h"

#include <algorithm>
#include <functional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "adapters/embedded/rocksdb/rocksdb_engine_store.h"
#include "api/http/server.h"
#include "base/check.h"
#include "load_client.h"

namespace carillon::bench {
namespace {

constexpr std::size_t kPayloadBytes = 400;  // Of record, state and each fact.

SyncFigure repeat(std::size_t records, std::chrono::duration<double> span,
                  const std::function<void()>& once) {
  LoadResult times;
  const auto begin = Steady::now();
  auto last = begin;
  while (last - begin < span) {
    once();
    const auto now = Steady::now();
    times.latencies_ns.push_back((now - last).count());
    last = now;
  }
  std::ranges::sort(times.latencies_ns);
  times.seconds = std::chrono::duration<double>(last - begin).count();
  return {.records_per_second = times.per_second() * static_cast<double>(records),
          .p50_ms = times.percentile_ms(0.5),
          .p99_ms = times.percentile_ms(0.99)};
}

// A file that is removed in the end.
class SyncedFile {
 public:
  explicit SyncedFile(std::filesystem::path path)
      : path_(std::move(path)),
        descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
    CARILLON_CHECK(descriptor_ >= 0);
  }
  ~SyncedFile() {
    ::close(descriptor_);
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  SyncedFile(const SyncedFile&) = delete;
  SyncedFile& operator=(const SyncedFile&) = delete;

  void append(std::string_view bytes) const {
    CARILLON_CHECK(::write(descriptor_, bytes.data(), bytes.size()) ==
                   static_cast<ssize_t>(bytes.size()));
    CARILLON_CHECK(::fdatasync(descriptor_) == 0);
  }

 private:
  const std::filesystem::path path_;
  const int descriptor_;
};

Key task_key(std::uint64_t number) {
  Key key(16, 'k');
  for (std::size_t i = 0; i < 8; ++i) key[15 - i] = static_cast<char>(number >> (i * 8));
  return key;
}

// Journal record, state, and two facts, as creating a task writes them.
EngineBatch created_tasks(std::uint64_t first, std::size_t count, std::uint64_t& position) {
  EngineBatch batch;
  for (std::uint64_t number = first; number < first + count; ++number) {
    const Key key = task_key(number);
    const JournalPosition cause{++position};
    batch.journal.push_back({.position = cause,
                             .key = key,
                             .type = RecordType::create_task,
                             .payload = Bytes(kPayloadBytes, 'j')});
    batch.state.push_back({.key = {.key = key}, .value = Bytes(kPayloadBytes, 's')});
    for (const Topic topic : {Topic::task_events, Topic::task_responses}) {
      batch.facts.push_back({.position = JournalPosition{++position},
                             .cause = cause,
                             .topic = topic,
                             .entity = key,
                             .payload = Bytes(kPayloadBytes, 'f')});
    }
  }
  batch.last_position = JournalPosition{position};
  return batch;
}

}  // namespace

SyncFigure append_and_sync(const std::filesystem::path& directory, std::size_t records,
                           std::chrono::duration<double> span) {
  const SyncedFile file(directory / "append.log");
  const std::string block(records * kTaskBytes, 'b');
  return repeat(records, span, [&] { file.append(block); });
}

SyncFigure append_when_due(const std::filesystem::path& directory, std::size_t count,
                           std::chrono::microseconds gap) {
  const SyncedFile file(directory / "due.log");
  LoadResult late;
  const auto begin = Steady::now() + gap;
  for (std::size_t done = 0; done < count;) {
    std::this_thread::sleep_until(begin + gap * done);
    const auto is_due = static_cast<std::size_t>((Steady::now() - begin) / gap) + 1;
    const std::size_t end = std::min(count, is_due);
    file.append(std::string((end - done) * kTaskBytes, 'b'));
    const auto durable = Steady::now();
    for (; done < end; ++done) {
      late.latencies_ns.push_back((durable - (begin + gap * done)).count());
    }
  }
  std::ranges::sort(late.latencies_ns);
  return {.records_per_second = 0,
          .p50_ms = late.percentile_ms(0.5),
          .p99_ms = late.percentile_ms(0.99)};
}

SyncFigure store_alone(const std::filesystem::path& directory, std::size_t records,
                       std::chrono::duration<double> span) {
  const std::filesystem::path folder = directory / "store-alone";
  SyncFigure figure;
  {
    auto store = RocksdbEngineStore::open(folder, {});
    CARILLON_CHECK(store.has_value(), store ? "" : store.error().message);
    std::uint64_t number = 0;
    std::uint64_t position = (*store)->mark().last_position.value();
    figure = repeat(records, span, [&] {
      CARILLON_CHECK((*store)->commit(created_tasks(number, records, position)).has_value());
      number += records;
    });
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return figure;
}

struct EchoServer::Parts {
  std::string body;
  std::unique_ptr<http::Server> server;
};

EchoServer::EchoServer(std::size_t answer_bytes) : parts_(std::make_unique<Parts>()) {
  parts_->body = std::string(answer_bytes, 'x');
  auto server = http::Server::listen({.listen = "127.0.0.1:0", .threads = 2});
  CARILLON_CHECK(server.has_value());
  parts_->server = std::move(*server);
  parts_->server->serve([this](http::Request&&, http::Responder responder) {
    responder.send(http::Response{.body = parts_->body});
  });
}

EchoServer::~EchoServer() { parts_->server->stop(Duration::seconds(1)); }

std::uint16_t EchoServer::port() const { return parts_->server->port(); }

}  // namespace carillon::bench
