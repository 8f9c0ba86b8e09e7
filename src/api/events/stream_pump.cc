#include "api/events/stream_pump.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "api/http/server_sent_event.h"
#include "ports/thread_name.h"

namespace carillon::api {
namespace {

// What may wait in a stream before the pump holds back, and the size of one write.
constexpr std::size_t kAheadBytes = 128 * 1024;
constexpr std::size_t kWriteBytes = 64 * 1024;

// A reader without room is looked at again so soon, and after twice the time if it still has none:
// one that reads what it gets has room again at once, and one that does not must cost nothing.
constexpr std::chrono::milliseconds kRetryMin{1};
constexpr std::chrono::milliseconds kRetryMax{32};

std::chrono::milliseconds to_chrono(Duration span) { return std::chrono::milliseconds(span.ms()); }

}  // namespace

void StreamPump::Bell::ring() {
  {
    const std::lock_guard lock(mutex);
    if (ringing) return;
    ringing = true;
  }
  rang.notify_one();
}

StreamPump::StreamPump(StreamPumpOptions options)
    : options_(options), bell_(std::make_shared<Bell>()), thread_([this] {
        name_this_thread("streams");
        work();
      }) {}

StreamPump::~StreamPump() { stop(); }

void StreamPump::add(std::shared_ptr<http::Stream> stream, std::unique_ptr<StreamSource> source) {
  ++open_;
  stream->when_gone([bell = std::weak_ptr(bell_)] {
    if (const auto alive = bell.lock()) alive->ring();
  });
  {
    const std::lock_guard lock(bell_->mutex);
    newcomers_.push_back({.stream = std::move(stream),
                          .source = std::move(source),
                          .quiet_since = std::chrono::steady_clock::now(),
                          .retry = kRetryMin});
  }
  bell_->ring();
}

void StreamPump::wake() { bell_->ring(); }

void StreamPump::stop() {
  {
    const std::lock_guard lock(bell_->mutex);
    stopping_ = true;
  }
  bell_->ring();
  if (thread_.joinable()) thread_.join();
}

void StreamPump::work() {
  std::unique_lock lock(bell_->mutex);
  while (!stopping_) {
    bell_->ringing = false;
    std::ranges::move(newcomers_, std::back_inserter(feeds_));
    newcomers_.clear();
    lock.unlock();

    const Time now = std::chrono::steady_clock::now();
    Time next = now + to_chrono(options_.heartbeat);
    std::erase_if(feeds_, [&](Feed& feed) {
      const std::optional<Time> again = advance(feed, now);
      if (again) next = std::min(next, *again);
      if (!again) --open_;
      return !again;
    });

    lock.lock();
    if (next > now) bell_->rang.wait_until(lock, next, [this] { return bell_->ringing; });
  }
  std::ranges::move(newcomers_, std::back_inserter(feeds_));
  newcomers_.clear();
  lock.unlock();
  for (const Feed& feed : feeds_) feed.stream->finish();
  feeds_.clear();
  open_ = 0;
}

std::optional<StreamPump::Time> StreamPump::advance(Feed& feed, Time now) {
  if (feed.stream->state() == http::StreamState::gone) return std::nullopt;
  if (feed.written < feed.backlog.size()) return write_backlog(feed, now);
  if (feed.ended) {
    feed.stream->finish();
    return std::nullopt;
  }
  feed.backlog.clear();
  feed.written = 0;
  const StreamSource::Progress progress = feed.source->pull(feed.backlog);
  feed.ended = progress == StreamSource::Progress::ended;
  if (!feed.backlog.empty()) return write_backlog(feed, now);
  if (progress != StreamSource::Progress::idle) return now;
  if (now - feed.quiet_since >= to_chrono(options_.heartbeat)) {
    http::append_heartbeat(feed.backlog);
    write_backlog(feed, now);
  }
  return std::min(feed.quiet_since + to_chrono(options_.heartbeat),
                  now + to_chrono(feed.source->poll_interval()));
}

StreamPump::Time StreamPump::write_backlog(Feed& feed, Time now) {
  if (feed.stream->pending_bytes() >= kAheadBytes) {
    return now + std::exchange(feed.retry, std::min(2 * feed.retry, kRetryMax));
  }
  feed.retry = kRetryMin;
  feed.stream->write(feed.backlog.substr(feed.written, kWriteBytes));
  feed.written += std::min(kWriteBytes, feed.backlog.size() - feed.written);
  feed.quiet_since = now;
  return now;
}

}  // namespace carillon::api
