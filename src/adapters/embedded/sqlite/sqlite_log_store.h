// LogStore on SQLite: one file, logs.db, written by a thread of its own.
//
// Adapter of ports/log_store.h. A crash loses what was queued; a damaged file is set aside and a
// new one begun, because output is never worth a server that does not start.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapters/embedded/sqlite/log_database.h"
#include "adapters/embedded/sqlite/log_queue.h"
#include "ports/log_store.h"

namespace carillon {

class SqliteLogStore final : public LogStore {
 public:
  struct Opened {
    std::unique_ptr<SqliteLogStore> store;
    std::string warning;  // For the log; empty when nothing is worth saying.
  };

  // Errors  storage_full, io_failed  not even a new file can be made
  static Result<Opened> open(const std::string& path);

  // Writes what waits and ends the thread.
  ~SqliteLogStore() override;

  void append(const AttemptId& attempt, Instant at, LogStream stream, std::string text) override;
  Result<std::vector<LogLine>> read(const AttemptId& attempt, std::uint64_t sequence,
                                    std::size_t limit) const override;
  Result<std::uint64_t> dropped(const AttemptId& attempt) const override;
  [[nodiscard]] std::shared_ptr<void> follow(const AttemptId& attempt,
                                             std::function<void()> on_more) override;
  Result<std::uint64_t> forget_before(Instant before) override;

 private:
  SqliteLogStore(std::string path, LogDatabase database);
  void write_until_closed();
  Result<void> write_waiting();
  void begin_anew();

  const std::string path_;
  LogQueue queue_;
  // Held while lines move from the queue to the disk, so that a reader sees each exactly once.
  mutable std::mutex disk_mutex_;
  LogDatabase database_;
  std::thread writer_;
};

}  // namespace carillon
