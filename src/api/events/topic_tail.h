// TopicTail: the newest facts of each topic that somebody follows, kept ready for all its readers.
//
// Thread-safe. A reader that is behind the tail reads the gateway's history until it has caught up;
// both are complete over their ranges and ordered by position, so nothing is missed or doubled on
// the way from one to the other.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/events/stream_source.h"
#include "domain/record/envelope.h"
#include "runtime/gateway.h"

namespace carillon::api {

class TopicTail {
 public:
  // on_new is called on the gateway's thread when a followed topic has grown; it must not block.
  TopicTail(Gateway& gateway, std::function<void()> on_new);
  TopicTail(const TopicTail&) = delete;
  TopicTail& operator=(const TopicTail&) = delete;
  ~TopicTail();

  // The facts of a topic after the position, as server-sent events, without end.
  //
  // Requires  the source does not outlive the tail.
  std::unique_ptr<StreamSource> follow(Topic topic, JournalPosition after);

 private:
  struct State;
  class Source;

  Gateway& gateway_;
  std::shared_ptr<State> state_;
  std::shared_ptr<void> listening_;
};

}  // namespace carillon::api
