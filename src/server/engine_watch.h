// Says in the log when the engine can no longer store, why, and when it can again.
//
// A thread of its own that looks once a second: the answers to clients name the cause, but nobody
// who reads the log alone would learn of a full disk.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <thread>

#include "base/result.h"
#include "server/log.h"

namespace carillon::server {

class EngineWatch {
 public:
  using Cause = std::function<std::optional<Error>()>;  // Why it is stalled; nothing if it is not.

  EngineWatch(Cause cause, Log& log);

 private:
  void run(const std::stop_token& stop);
  void look();

  const Cause cause_;
  Log& log_;
  bool is_stalled_ = false;
  std::jthread thread_;  // The last member: it uses the others, and ends before they do.
};

}  // namespace carillon::server
