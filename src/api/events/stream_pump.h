// StreamPump: one thread that feeds all open event streams and keeps the quiet ones alive.
//
// Thread-safe. It writes to a stream only while little waits there, so history flows at the speed
// of its reader; a reader that takes nothing at all is closed by the transport.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "api/events/stream_source.h"
#include "api/http/responder.h"
#include "base/instant.h"

namespace carillon::api {

struct StreamPumpOptions {
  Duration heartbeat = Duration::seconds(15);
  std::size_t streams_max = 1000;
};

class StreamPump {
 public:
  explicit StreamPump(StreamPumpOptions options);
  StreamPump(const StreamPump&) = delete;
  StreamPump& operator=(const StreamPump&) = delete;
  ~StreamPump();

  // False when as many streams are open as may be.
  [[nodiscard]] bool has_room() const { return open_.load() < options_.streams_max; }
  [[nodiscard]] std::size_t open_streams() const { return open_.load(); }

  // Feeds the stream from now on, until the source ends or the client is gone.
  void add(std::shared_ptr<http::Stream> stream, std::unique_ptr<StreamSource> source);

  // Sources may have something new.
  void wake();

  // Finishes all streams and ends the thread. Repeating it is a no-op.
  void stop();

 private:
  using Time = std::chrono::steady_clock::time_point;

  struct Feed {
    std::shared_ptr<http::Stream> stream;
    std::unique_ptr<StreamSource> source;
    std::string backlog = {};  // Pulled and not written yet.
    std::size_t written = 0;   // Of the backlog.
    bool ended = false;        // The source has; the stream ends behind the backlog.
    Time quiet_since = {};
    std::chrono::milliseconds retry = {};  // How soon it is looked at, should it have no room.
  };

  // Keeps the flag that wakes the thread alive for streams that outlive the pump.
  struct Bell {
    std::mutex mutex;
    std::condition_variable rang;
    bool ringing = false;
    void ring();
  };

  void work();
  // Returns when the feed wants to be looked at again; none when it is over.
  std::optional<Time> advance(Feed& feed, Time now);
  Time write_backlog(Feed& feed, Time now);

  const StreamPumpOptions options_;
  std::atomic<std::size_t> open_ = 0;
  std::shared_ptr<Bell> bell_;
  std::vector<Feed> newcomers_;  // Under the bell's mutex.
  bool stopping_ = false;        // Under the bell's mutex.
  std::vector<Feed> feeds_;      // Of the thread.
  std::thread thread_;
};

}  // namespace carillon::api
