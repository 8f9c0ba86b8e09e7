// What the machine gives at this moment, measured the same way as the figures beside it: the disk
// alone, the store alone, the transport alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace carillon::bench {

// One created task as bytes of the log: journal record, state, two facts and their keys.
inline constexpr std::size_t kTaskBytes = 2'000;

struct SyncFigure {
  double records_per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

// Appends that many records of kTaskBytes, syncs, and does it again until the span is over.
SyncFigure append_and_sync(const std::filesystem::path& directory, std::size_t records,
                           std::chrono::duration<double> span);

// Sleeps until each of so many instants, that far apart, then appends a record for each that is due
// and syncs. The percentiles are of how late the records were durable: a timer of nothing but a
// thread and a disk.
SyncFigure append_when_due(const std::filesystem::path& directory, std::size_t count,
                           std::chrono::microseconds gap);

// Commits that many created tasks at a time to the engine's store, with nobody around it.
SyncFigure store_alone(const std::filesystem::path& directory, std::size_t records,
                       std::chrono::duration<double> span);

// The HTTP transport of the server with a handler that only answers, in this process.
class EchoServer {
 public:
  explicit EchoServer(std::size_t answer_bytes);
  ~EchoServer();
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace carillon::bench
