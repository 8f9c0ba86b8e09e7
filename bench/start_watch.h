// StartWatch: follows task-events on a thread of its own and notes how late each run.started
// arrives, counted from when its run was due. That is after the start was durable, so it is never
// earlier than the handler's start and holds the stream's own way as well.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

#include "event_stream.h"
#include "load_client.h"

namespace carillon::bench {

class StartWatch {
 public:
  explicit StartWatch(std::uint16_t port);
  ~StartWatch();
  StartWatch(const StartWatch&) = delete;
  StartWatch& operator=(const StartWatch&) = delete;

  // Waits for so many starts, ends the watch and returns their lateness. With none it ends at once.
  LoadResult take_after(std::size_t count);

 private:
  void watch();
  void note(std::string_view event);

  EventStream stream_;
  LoadResult lateness_;  // Of the thread until it is joined.
  std::atomic<std::size_t> starts_ = 0;
  std::atomic<bool> failed_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace carillon::bench
