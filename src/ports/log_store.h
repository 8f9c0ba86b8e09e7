// The captured output of attempts: bounded, append-only lines that can be followed while they grow.
//
// Port: adapters/embedded implements it. Any thread. Not part of the journal: a crash may lose the
// last moments of output, never a result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

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

// Output kept per attempt, in bytes of text.
inline constexpr std::size_t kLogBytesMax = std::size_t{1} << 20;

class LogStore {
 public:
  LogStore() = default;
  LogStore(const LogStore&) = delete;
  LogStore& operator=(const LogStore&) = delete;
  virtual ~LogStore() = default;

  // Appends a line. Past the bound per attempt (kLogBytesMax) lines are dropped and counted, and
  // one note says so. Lines that come faster than the disk takes them are dropped and counted too;
  // a note says how many were lost where. Never blocks on the disk.
  virtual void append(const AttemptId& attempt, Instant at, LogStream stream, std::string text) = 0;

  // At most `limit` lines after `sequence`, oldest first, lines not yet on disk included.
  //
  // Errors  corrupt, io_failed
  virtual Result<std::vector<LogLine>> read(const AttemptId& attempt, std::uint64_t sequence,
                                            std::size_t limit) const = 0;

  // Lines of an attempt that were dropped, for whichever reason.
  virtual Result<std::uint64_t> dropped(const AttemptId& attempt) const = 0;

  // Calls `on_more` whenever the attempt has more lines, until the handle is dropped.
  //
  // Guarantees  no call begins after the handle's destruction has returned
  // Requires    on_more hands over and returns; it must not call the store, nor drop its handle
  [[nodiscard]] virtual std::shared_ptr<void> follow(const AttemptId& attempt,
                                                     std::function<void()> on_more) = 0;

  // Removes the output of attempts whose last line is older than the instant. Returns how many
  // attempts that were.
  virtual Result<std::uint64_t> forget_before(Instant before) = 0;
};

}  // namespace carillon
