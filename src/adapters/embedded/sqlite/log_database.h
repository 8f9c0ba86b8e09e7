// The tables of logs.db. Adapter internals; one thread at a time. docs/formats/views.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "adapters/embedded/sqlite/log_queue.h"
#include "adapters/embedded/sqlite/sqlite_connection.h"
#include "base/result.h"

namespace carillon {

// What is known of an attempt's output as a whole.
struct LogMark {
  std::int64_t key = 0;  // 0 when nothing is stored.
  std::uint64_t last_sequence = 0;
  std::size_t bytes = 0;
  std::uint64_t dropped = 0;
};

class LogDatabase {
 public:
  // Opens the file or begins a new one; one that is damaged or of another version is moved aside,
  // and `set_aside` then says so.
  //
  // Errors  storage_full, io_failed
  static Result<LogDatabase> open(const std::string& path);
  [[nodiscard]] bool set_aside() const { return set_aside_; }

  Result<LogMark> mark(const AttemptId& attempt) const;

  // Writes the batches in one transaction; sequences follow what is stored. Gives the new marks in
  // the order of the batches.
  //
  // Errors  storage_full, io_failed, corrupt; nothing was written
  Result<std::vector<LogMark>> write(std::span<const LogBatch> batches);

  Result<std::vector<LogLine>> read(const AttemptId& attempt, std::uint64_t sequence,
                                    std::size_t limit) const;

  // Returns how many attempts were removed.
  Result<std::uint64_t> forget_before(Instant before);

 private:
  Result<LogMark> write_batch(const LogBatch& batch);
  SqliteConnection connection_;
  bool set_aside_ = false;
};

}  // namespace carillon
