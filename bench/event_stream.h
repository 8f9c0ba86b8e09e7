// EventStream: a client that follows a topic, for one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace carillon::bench {

class EventStream {
 public:
  using OnEvent = std::function<void(std::string_view event)>;

  // Returns when the server has begun to tell what happens from now on.
  explicit EventStream(std::uint16_t port, std::string_view topic = "task-events");
  ~EventStream();
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }

  // Takes what has arrived, without waiting, and calls with each event that is complete. The text
  // is valid during the call.
  void receive(const OnEvent& on_event);

 private:
  void append_arrived(int flags);

  int descriptor_;
  std::string received_;
};

}  // namespace carillon::bench
