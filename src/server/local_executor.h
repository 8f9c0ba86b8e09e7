// LocalExecutor: lets the attempts of the embedded engine run in this process, and offers its
// places to every queue that is used.
//
// AttemptExecutor over TaskExecutionService. Each queue is offered all places: a single busy queue
// can then use them all, and when several are busy at once their attempts wait in the executor's
// own lanes.
#pragma once

#include <mutex>
#include <set>
#include <vector>

#include "executors/task_execution_service.h"
#include "ports/attempt_executor.h"
#include "ports/effect_sink.h"

namespace carillon::server {

class LocalExecutor final : public AttemptExecutor {
 public:
  // What an engine that is not open yet cannot give at construction.
  struct Connection {
    TaskExecutionService* service = nullptr;
    AttemptReports* reports = nullptr;
    BootEpoch epoch;
  };

  // Requires  called once, before the engine starts; both outlive the engine's threads.
  void connect(Connection connection);

  // Offers the places to the queues. An offer with our epoch declares what an earlier process held
  // lost, so it must reach every queue that was ever used.
  void offer(const std::vector<QueueName>& queues);

  // The queues that were offered places. Any thread.
  [[nodiscard]] std::vector<QueueName> queues() const;

  void start(AttemptDispatched dispatched) override;
  void stop(const AttemptStopRequested& request) override;
  void open_queue(const QueueName& queue) override;

 private:
  [[nodiscard]] bool is_ours(const WorkerName& worker, BootEpoch epoch) const;

  Connection connection_;
  mutable std::mutex mutex_;
  std::set<QueueName> offered_;
};

}  // namespace carillon::server
