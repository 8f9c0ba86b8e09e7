// The captured output of attempts: bounded, append-only lines that can be followed while they grow.
//
// Port: adapters/embedded implements it. Any thread. Not part of the journal: a crash may lose the
// last moments of output, never a result.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "base/instant.h"
#include "base/result.h"
#include "domain/id/ids.h"

namespace carillon {

enum class LogStream : std::uint8_t { out, err, note };

struct LogLine {
  std::uint64_t sequence = 0;  // Per attempt, from 1, without gaps.
  Instant at;
  LogStream stream = LogStream::out;
  std::string text;  // One line, without its line end; may hold any UTF-8.

  friend bool operator==(const LogLine&, const LogLine&) = default;
};

class LogStore {
 public:
  LogStore() = default;
  LogStore(const LogStore&) = delete;
  LogStore& operator=(const LogStore&) = delete;
  virtual ~LogStore() = default;

  // Appends a line. Past the bound per attempt (1 MiB) lines are dropped and counted, and one note
  // says so. Never blocks on the disk.
  virtual void append(const AttemptId& attempt, Instant at, LogStream stream, std::string text) = 0;

  // At most `limit` lines after `sequence`, oldest first, lines not yet on disk included.
  virtual Result<std::vector<LogLine>> read(const AttemptId& attempt, std::uint64_t sequence,
                                            std::size_t limit) const = 0;

  // Removes the output of attempts that ended before the instant.
  virtual Result<std::uint64_t> forget_before(Instant before) = 0;
};

}  // namespace carillon
