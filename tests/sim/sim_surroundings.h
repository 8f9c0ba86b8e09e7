// What lives around a simulated engine: executors, clients, the service layer between them.
//
// The host calls it, in one thread and virtual time; it never calls the host.
#pragma once

#include <optional>
#include <span>

#include "base/instant.h"
#include "domain/id/ids.h"
#include "ports/engine_store.h"
#include "runtime/engine/intake.h"
#include "tests/sim/sim_clock.h"

namespace carillon {

// One life of the simulated process, from start to crash.
struct SimProcess {
  EngineStore& store;
  Intake& intake;
  SimClock& clock;
  BootEpoch epoch;
};

class SimSurroundings {
 public:
  SimSurroundings() = default;
  SimSurroundings(const SimSurroundings&) = delete;
  SimSurroundings& operator=(const SimSurroundings&) = delete;
  virtual ~SimSurroundings() = default;

  // A process has come up; nothing was stepped yet. Offers of places go into the intake now.
  virtual void come_up(const SimProcess& process) = 0;

  // The process has died; its store and intake are gone when this returns.
  virtual void go_down() = 0;

  // Facts of one durable commit.
  virtual void release(std::span<const FactRecord> facts) = 0;

  // Does what is due at this moment; true when there was something.
  virtual bool act() = 0;

  // How long until it has something to do; none when only others can cause that.
  [[nodiscard]] virtual std::optional<Duration> until_next() const = 0;
};

}  // namespace carillon
