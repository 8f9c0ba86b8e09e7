#include "adapters/embedded/sqlite/log_queue.h"

#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace carillon {
namespace {

// What a line costs beside its text; without it a flood of empty lines would be free.
constexpr std::size_t kLineBytes = 64;

// Attempts remembered though nothing of theirs waits. A forgotten one is looked up on disk again.
constexpr std::size_t kIdleTails = 4096;

std::size_t cost_of(const LogLine& line) { return line.text.size() + kLineBytes; }

}  // namespace

void LogQueue::add_line(Tail& tail, Instant at, LogStream stream, std::string text) {
  tail.bytes += text.size();
  LogLine& line = tail.batch.lines.emplace_back();
  line.at = at;
  line.stream = stream;
  line.text = std::move(text);
  bytes_ += cost_of(line);
  ++waiting_;
}

void LogQueue::append(const AttemptId& attempt, Instant at, LogStream stream, std::string text) {
  {
    const std::scoped_lock lock(mutex_);
    Tail& tail = tails_[attempt];
    tail.batch.attempt = attempt;
    if (tail.is_full) {
      ++tail.batch.dropped;
      ++waiting_;
      return;
    }
    if (bytes_ + text.size() + kLineBytes > bytes_max_) {
      ++tail.batch.dropped;
      ++tail.unreported;
      ++waiting_;
      return;
    }
    if (tail.unreported > 0) {
      add_line(tail, at, LogStream::note,
               fmt::format("{} lines are missing here: they came faster than they could be kept.",
                           std::exchange(tail.unreported, 0)));
    }
    if (tail.bytes + text.size() > kLogBytesMax) {
      tail.is_full = true;
      ++tail.batch.dropped;
      add_line(tail, at, LogStream::note,
               fmt::format("Output beyond {} bytes is not kept.", kLogBytesMax));
    } else {
      add_line(tail, at, stream, std::move(text));
    }
  }
  changed_.notify_one();
  tell_followers(attempt);
}

bool LogQueue::wait(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [this] { return waiting_ > 0 || closed_; });
  return waiting_ > 0;
}

void LogQueue::wait_for_close(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [this] { return closed_; });
}

std::vector<LogBatch> LogQueue::take() {
  const std::scoped_lock lock(mutex_);
  std::vector<LogBatch> batches;
  for (auto& [attempt, tail] : tails_) {
    if (tail.batch.lines.empty() && tail.batch.dropped == 0) continue;
    batches.push_back(std::exchange(tail.batch, LogBatch{.attempt = attempt, .lines = {}}));
  }
  bytes_ = 0;
  waiting_ = 0;
  forget_idle_tails();
  return batches;
}

void LogQueue::forget_idle_tails() {
  if (tails_.size() <= kIdleTails) return;
  // Only those about which the disk knows everything.
  std::erase_if(tails_, [](const auto& entry) {
    return entry.second.unreported == 0 && !entry.second.is_full &&
           entry.second.batch.lines.empty();
  });
}

void LogQueue::put_back(std::vector<LogBatch> batches) {
  const std::scoped_lock lock(mutex_);
  for (LogBatch& batch : batches) {
    Tail& tail = tails_[batch.attempt];
    for (const LogLine& line : batch.lines) bytes_ += cost_of(line);
    waiting_ += batch.lines.size() + 1;
    std::move(tail.batch.lines.begin(), tail.batch.lines.end(), std::back_inserter(batch.lines));
    batch.dropped += tail.batch.dropped;
    tail.batch = std::move(batch);
  }
}

void LogQueue::note_stored(const AttemptId& attempt, std::size_t bytes) {
  const std::scoped_lock lock(mutex_);
  const auto found = tails_.find(attempt);
  if (found == tails_.end()) return;
  found->second.bytes = bytes;
  for (const LogLine& line : found->second.batch.lines) found->second.bytes += line.text.size();
}

LogBatch LogQueue::waiting(const AttemptId& attempt) const {
  const std::scoped_lock lock(mutex_);
  const auto found = tails_.find(attempt);
  return found == tails_.end() ? LogBatch{.attempt = attempt, .lines = {}} : found->second.batch;
}

void LogQueue::close() {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

bool LogQueue::closed() const {
  const std::scoped_lock lock(mutex_);
  return closed_;
}

std::shared_ptr<void> LogQueue::follow(const AttemptId& attempt, std::function<void()> on_more) {
  const std::scoped_lock lock(followers_->mutex);
  const std::uint64_t number = ++followers_->next_number;
  followers_->by_number.emplace(number, Follower{attempt, std::move(on_more)});
  // The list outlives the queue if a handle does. The lock in the deleter waits for a call that is
  // under way, which is what makes the promise that none begins later.
  return std::shared_ptr<void>(nullptr, [followers = followers_, number](void*) {
    const std::scoped_lock dropping(followers->mutex);
    followers->by_number.erase(number);
  });
}

void LogQueue::tell_followers(const AttemptId& attempt) {
  const std::scoped_lock lock(followers_->mutex);
  for (const auto& [number, follower] : followers_->by_number) {
    if (follower.attempt == attempt) follower.on_more();
  }
}

}  // namespace carillon
