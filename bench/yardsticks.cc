#include "yardsticks.h"

#include <algorithm>
#include <functional>
#include <system_error>
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
  const std::string block(records * kTaskBytes, 'b');
  const std::filesystem::path file = directory / "append.log";
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  CARILLON_CHECK(descriptor >= 0);
  const SyncFigure figure = repeat(records, span, [&] {
    CARILLON_CHECK(::write(descriptor, block.data(), block.size()) ==
                   static_cast<ssize_t>(block.size()));
    CARILLON_CHECK(::fdatasync(descriptor) == 0);
  });
  ::close(descriptor);
  std::filesystem::remove(file);
  return figure;
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
