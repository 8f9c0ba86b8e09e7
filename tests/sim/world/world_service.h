// The service layer of one process life in a simulated world: the real gateway, task service, event
// service and intake of reports, over the simulated store, clock and executor. One thread.
//
// Lists are not simulated: they answer `unavailable`. Their folding has a conformance suite of its
// own (tests/conformance).
#pragma once

#include <deque>
#include <memory>

#include "runtime/engine/attempt_intake.h"
#include "runtime/service/api_gateway_service.h"
#include "runtime/service/retention_pass.h"
#include "tests/sim/sim_clock.h"
#include "tests/sim/sim_entropy.h"
#include "tests/sim/sim_surroundings.h"

namespace carillon {

// Work that is done when the world turns to it, and never after its process has died.
class SimWorkQueue final : public WorkQueue {
 public:
  void post(Work work) override { work_.push_back(std::move(work)); }

  bool do_one();

 private:
  std::deque<Work> work_;
};

class WorldService {
 public:
  struct Parts {
    SimProcess process;
    AttemptExecutor& executor;
    const ZoneSource& zones;
    const SimClock& clock;
    RetentionLimits retention;
    SimEntropy& entropy;
  };

  explicit WorldService(Parts parts);
  ~WorldService();

  [[nodiscard]] Gateway& gateway();
  [[nodiscard]] AttemptReports& reports();
  [[nodiscard]] EffectSink& sink();

  // Begins a pass of retention; true when tasks are left for retain_more. What fails is tried again
  // by the next pass.
  bool retain();
  bool retain_more();

  // Gives one answer that is ready, or does other work that was put off; false when there is none.
  bool act();

 private:
  struct Rooms;
  std::unique_ptr<Rooms> rooms_;
};

}  // namespace carillon
