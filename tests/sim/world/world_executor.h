// The executor of a simulated world: handlers that take their time, fail, hang, lie and come too
// late, as a plan's manners say. It witnesses what was really begun. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ports/attempt_executor.h"
#include "ports/effect_sink.h"
#include "tests/sim/sim_clock.h"
#include "tests/sim/world/agenda.h"
#include "tests/sim/world/history.h"

namespace carillon {

// The one outside the process, by its name.
inline const WorkerName kOutsideWorker{"outside"};

// Who runs attempts, and of which lanes.
struct WorldWorker {
  WorkerName name;
  std::vector<Lane> lanes;
};

class WorldExecutor final : public AttemptExecutor {
 public:
  WorldExecutor(const WorldPlan& plan, const SimClock& clock, std::vector<HandlerRecord>& handlers,
                WorldWorker worker)
      : plan_(plan), clock_(clock), handlers_(handlers), worker_(std::move(worker)) {}

  void start(AttemptDispatched dispatched) override;
  void stop(const AttemptStopRequested& request) override;
  void open_queue(const QueueName& queue) override;

  // A process life begins: its places are offered to the queues that it knows.
  void come_up(AttemptReports& reports, BootEpoch epoch, const std::vector<QueueName>& queues);

  // The same life, for a server that may know nothing of it.
  void offer_again(const std::vector<QueueName>& queues);

  // Handlers die with their process.
  void go_down();

  // From now on every handler ends well and at once.
  void calm_down() { is_calm_ = true; }

  // Does the first thing that is due; false when there is none.
  bool act() { return agenda_.do_one(clock_.passed()); }
  [[nodiscard]] std::optional<Duration> next() const { return agenda_.next(); }

 private:
  struct Conduct;

  [[nodiscard]] Conduct conduct_of(const AttemptDispatched& dispatched) const;
  [[nodiscard]] std::optional<std::string> rival_of(const TaskId& task) const;
  void offer(const QueueName& queue);
  void plan_end(std::size_t handler, const Conduct& conduct);
  void plan_heartbeats(std::size_t handler, Duration every, Duration until);
  void report(std::size_t handler, FinishKind kind, const std::string& error);

  const WorldPlan& plan_;
  const SimClock& clock_;
  std::vector<HandlerRecord>& handlers_;
  const WorldWorker worker_;
  Agenda agenda_;
  AttemptReports* reports_ = nullptr;
  BootEpoch epoch_;
  std::set<QueueName> offered_;
  std::size_t first_of_life_ = 0;  // Of the handlers.
  bool is_calm_ = false;
};

}  // namespace carillon
