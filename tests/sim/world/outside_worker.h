// A worker that lives outside the simulated process: it goes on while that is down, repeats its
// reports to every process that comes up, and dies on its own. One thread.
//
// There is no such worker in the product yet. The link here is the least that one needs: commands
// in their order and each once, reports at least once. What is real is the core that it talks to.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "ports/attempt_executor.h"
#include "ports/effect_sink.h"
#include "ports/engine_store.h"
#include "tests/sim/world/world_executor.h"

namespace carillon {

class OutsideWorker final : public AttemptExecutor {
 public:
  OutsideWorker(const WorldPlan& plan, const SimClock& clock, std::vector<HandlerRecord>& handlers);
  ~OutsideWorker() override;

  void start(AttemptDispatched dispatched) override;
  void stop(const AttemptStopRequested& request) override;
  void open_queue(const QueueName& queue) override;

  // What was told up to there need not be told again.
  void saw(JournalPosition position) { seen_ = position; }

  // The server is up: hears what it has missed, then offers its places and repeats its reports.
  void connect(AttemptReports& reports, const EngineStore& store,
               const std::vector<QueueName>& queues);
  void disconnect();

  // Its handlers die with it; it comes back with a newer epoch.
  void die();
  void revive();
  [[nodiscard]] bool is_up() const { return is_up_; }
  [[nodiscard]] BootEpoch epoch() const { return epoch_; }

  void calm_down() { hands_.calm_down(); }
  bool act() { return hands_.act(); }
  [[nodiscard]] std::optional<Duration> next() const { return hands_.next(); }

 private:
  class Link;

  void catch_up(const EngineStore& store);

  WorldExecutor hands_;
  std::unique_ptr<Link> link_;
  std::vector<QueueName> queues_;
  JournalPosition seen_;
  BootEpoch epoch_{1};
  bool is_up_ = true;
};

}  // namespace carillon
