// LiveAttempts: which attempts this process holds, and when each must next be looked at.
//
// Pure bookkeeping: time is passed in and nothing is called. Not synchronised; the service guards
// it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/instant.h"
#include "domain/id/ids.h"
#include "domain/record/facts.h"
#include "executors/stop_signal.h"

namespace carillon {

using Tick = std::chrono::steady_clock::time_point;

enum class AttemptPhase : std::uint8_t { waiting, running, ended };

// One attempt from its dispatch to its end.
struct LiveAttempt {
  explicit LiveAttempt(AttemptDispatched what) : dispatched(std::move(what)) {}

  const AttemptDispatched dispatched;
  const std::shared_ptr<StopSignal> stop = std::make_shared<StopSignal>();
  Lane lane = Lane::cpu;  // Of the type that runs it here.
  AttemptPhase phase = AttemptPhase::waiting;
  Tick deadline = Tick::max();
  Tick heartbeat = Tick::max();  // When a sign of life is due.
  Tick force = Tick::max();      // When the grace of a stop is over.
  Tick abandon = Tick::max();    // When a forced handler is given up.
  bool given_up = false;         // Ended without its handler, which still runs.
};

// What time has brought for an attempt.
enum class Overdue : std::uint8_t { heartbeat, deadline, force, abandon };

struct OverdueAttempt {
  std::shared_ptr<LiveAttempt> attempt;
  Overdue what = Overdue::heartbeat;
};

class LiveAttempts {
 public:
  // Holds the attempt. Returns false when it is held already: dispatches may be repeated.
  bool add(const std::shared_ptr<LiveAttempt>& attempt);

  // Null when it is not held or the fence is another one.
  [[nodiscard]] std::shared_ptr<LiveAttempt> find(const AttemptId& id, Fence fence) const;

  // Waiting to running. Returns false when the attempt was asked to stop before it could start.
  bool begin(LiveAttempt& attempt, Tick now);

  // Ends and forgets the attempt. Returns the phase before; `ended` means it was too late.
  AttemptPhase end(LiveAttempt& attempt);

  // Notes that a stop was asked for. The shortest grace counts.
  static void schedule_force(LiveAttempt& attempt, Tick now, Duration grace);

  // Takes what is overdue; the times move on, so that each is given once.
  std::vector<OverdueAttempt> take_overdue(Tick now);

  // The earliest time at which take_overdue has something.
  [[nodiscard]] Tick next() const;

  [[nodiscard]] std::size_t size() const { return held_.size(); }
  [[nodiscard]] std::vector<std::shared_ptr<LiveAttempt>> all() const;
  [[nodiscard]] std::vector<std::shared_ptr<LiveAttempt>> waiting() const;

 private:
  std::map<AttemptId, std::shared_ptr<LiveAttempt>> held_;
};

}  // namespace carillon
