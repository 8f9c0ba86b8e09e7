// StopSignal: how a running attempt learns that it must end: first asked, then forced.
//
// Shared between the attempt's handler and whoever stops it. Any thread. The first request wins;
// later ones change nothing, so a time-out cannot rewrite a cancel.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/instant.h"

namespace carillon {

enum class StopStage : std::uint8_t { none, asked, forced };

// Who wants the end. It decides what is reported: a shutdown reports nothing at all, so that the
// engine finds the attempt lost at its next start and runs it again.
enum class StopCause : std::uint8_t { requested, deadline, shutdown };

struct StopRequest {
  StopCause cause = StopCause::requested;
  std::string reason;
  Duration grace = Duration::seconds(10);  // Between asked and forced.
};

class StopSignal {
 public:
  using Reaction = std::function<void(StopStage)>;

  StopSignal() = default;
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // Asks the handler to end. Returns false when it was asked before.
  bool ask(StopRequest request);

  // The grace is over: whatever can be ended from outside is ended now.
  void force();

  // Cost  one atomic load, so that inner loops can look often.
  [[nodiscard]] StopStage stage() const { return stage_.load(std::memory_order_acquire); }
  [[nodiscard]] bool asked() const { return stage() != StopStage::none; }

  [[nodiscard]] std::optional<StopRequest> request() const;

  // Sleeps until asked or until the span is over. Returns whether it was asked.
  bool wait_for(Duration span) const;

  // Calls `reaction` at every stage from now on, at once when a stage was already reached.
  //
  // Requires  the reaction is short, does not throw and does not call this signal
  void react(Reaction reaction);

  // Guarantees  no reaction runs or will run once it returns.
  void stop_reacting();

 private:
  void enter(StopStage stage);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::atomic<StopStage> stage_{StopStage::none};
  std::optional<StopRequest> request_;
  Reaction reaction_;
};

}  // namespace carillon
