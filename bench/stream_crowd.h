// StreamCrowd: many clients that follow task-events, on one thread of its own. Notes when each
// task.created arrives at each client.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "event_stream.h"
#include "load_client.h"

namespace carillon::bench {

class StreamCrowd {
 public:
  struct Arrival {
    std::size_t task = 0;  // task_hash of its id.
    Steady::time_point at;
  };

  StreamCrowd(std::uint16_t port, std::size_t clients);
  ~StreamCrowd();
  StreamCrowd(const StreamCrowd&) = delete;
  StreamCrowd& operator=(const StreamCrowd&) = delete;

  // Waits until that many tasks have arrived at each client, ends the crowd and returns what
  // arrived in that order.
  std::vector<Arrival> take(std::size_t tasks);

  // Bytes of the events so far.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  static std::size_t task_hash(std::string_view id);

 private:
  void follow();

  std::vector<std::unique_ptr<EventStream>> streams_;
  std::vector<Arrival> arrivals_;  // Of the thread until it is joined.
  std::atomic<std::size_t> count_ = 0;
  std::atomic<std::size_t> bytes_ = 0;
  std::atomic<bool> failed_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace carillon::bench
