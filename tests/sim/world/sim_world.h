// One simulated world: a plan happens to the real core, the real embedded engine and the real
// service layer, over a simulated clock, disk, executor and clients, in one thread.
//
// Deterministic: a plan gives one history. Faults end at the plan's time; then everything must come
// to rest.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tests/sim/sim_host.h"
#include "tests/sim/world/history.h"
#include "tests/sim/world/outside_worker.h"
#include "tests/sim/world/world_clients.h"
#include "tests/sim/world/world_executor.h"
#include "tests/sim/world/world_service.h"

namespace carillon {

struct WorldRules {
  OperatorMaker make;
  const ZoneSource& zones;
  std::function<void(std::string)> trace = {};  // Told every line of what happens; may be empty.
};

class SimWorld final : private SimSurroundings {
 public:
  SimWorld(WorldPlan plan, WorldRules rules);
  ~SimWorld() override;

  // Lets the plan happen and everything come to rest. Called once.
  History run();

 private:
  void come_up(const SimProcess& process) override;
  void go_down() override;
  void release(std::span<const FactRecord> facts) override;
  bool act() override;
  [[nodiscard]] std::optional<Duration> until_next() const override;

  SimHostOptions host_options();
  void pass_until(Duration moment);
  void happen(const WorldEvent& event);
  void happen_kind(const ClientCall& call);
  void happen_kind(const Crash& crash);
  void happen_kind(const CommitFails& fault);
  void happen_kind(const ReadFails& fault);
  void happen_kind(const DiskFull& fault);
  void happen_kind(const DiskSlow& fault);
  void happen_kind(const ClockJump& jump);
  void happen_kind(const ClockFreeze& fault);
  void happen_kind(const QueueLimit& limit);
  void happen_kind(const RetentionRuns& pass);
  void happen_kind(const WorkerDies& death);
  void declare_lost(BootEpoch epoch);
  void submit_to_queue(const char* queue, RecordType type, Bytes payload);
  bool dies_at(SimMoment moment);
  void start_later(const Crash& crash);
  void retain_more_later();
  void end_faults();
  void come_to_rest();
  void collect();
  void tell(std::string line);

  const WorldRules rules_;
  History history_;
  SimEntropy ids_;
  std::unique_ptr<WorldExecutor> executor_;
  std::unique_ptr<OutsideWorker> outside_;
  std::unique_ptr<AttemptExecutor> workers_;  // Both.
  std::unique_ptr<WorldClients> clients_;
  std::unique_ptr<WorldService> service_;
  std::unique_ptr<SimHost> host_;
  SimClock* clock_ = nullptr;
  Agenda agenda_;  // Ends of faults.
  std::optional<Crash> crash_due_;
  bool start_planned_ = false;
  Duration commit_takes_;
};

}  // namespace carillon
