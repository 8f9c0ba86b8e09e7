// Lines of output on their way to the disk, and who waits for them. Adapter internals.
//
// Any thread. Bounded in all: a flood of one attempt costs lines, never memory or time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "ports/log_store.h"

namespace carillon {

struct AttemptHash {
  std::size_t operator()(const AttemptId& id) const {
    return std::hash<Uuid>{}(id.run.task.value()) * 31 + id.run.number * 7 + id.number;
  }
};

// What one attempt adds to the disk. Sequences are given when it is written.
struct LogBatch {
  AttemptId attempt;
  std::vector<LogLine> lines;
  std::uint64_t dropped = 0;
};

class LogQueue {
 public:
  // `bytes_max` bounds the text of all waiting lines together.
  explicit LogQueue(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  void append(const AttemptId& attempt, Instant at, LogStream stream, std::string text);

  // Waits until something can be taken or the queue is closed, at most for the time given. Whether
  // something can.
  bool wait(std::chrono::milliseconds patience);

  // Waits until the queue is closed, at most for the time given.
  void wait_for_close(std::chrono::milliseconds patience);

  // Everything that waits, taken out.
  std::vector<LogBatch> take();

  // Gives back what could not be written, in front of what came meanwhile.
  void put_back(std::vector<LogBatch> batches);

  // Tells how much of an attempt the disk holds, so that its bound counts that too.
  void note_stored(const AttemptId& attempt, std::size_t bytes);

  // What waits of one attempt, without taking it.
  [[nodiscard]] LogBatch waiting(const AttemptId& attempt) const;

  // No more waiting.
  void close();
  [[nodiscard]] bool closed() const;

  std::shared_ptr<void> follow(const AttemptId& attempt, std::function<void()> on_more);

 private:
  struct Tail {
    LogBatch batch;
    std::size_t bytes = 0;         // Of the attempt, on disk and waiting.
    std::uint64_t unreported = 0;  // Dropped because the queue was full; a note is due.
    bool is_full = false;          // The bound was reached and a note says so.
  };
  struct Follower {
    AttemptId attempt;
    std::function<void()> on_more;
  };
  struct Followers {
    std::mutex mutex;
    std::unordered_map<std::uint64_t, Follower> by_number;
    std::uint64_t next_number = 0;
  };

  void add_line(Tail& tail, Instant at, LogStream stream, std::string text);
  void tell_followers(const AttemptId& attempt);
  void forget_idle_tails();

  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<AttemptId, Tail, AttemptHash> tails_;
  std::size_t bytes_ = 0;
  std::size_t waiting_ = 0;  // Lines, and drops not yet counted on disk.
  bool closed_ = false;
  std::shared_ptr<Followers> followers_ = std::make_shared<Followers>();
};

}  // namespace carillon
