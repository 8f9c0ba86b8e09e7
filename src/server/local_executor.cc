#include "server/local_executor.h"

#include <utility>

#include "base/check.h"

namespace carillon::server {
namespace {

constexpr const char* kWorkerName = "local";

}  // namespace

void LocalExecutor::connect(Connection connection) {
  CARILLON_CHECK(connection_.service == nullptr && connection.service != nullptr);
  connection_ = connection;
}

void LocalExecutor::offer(const std::vector<QueueName>& queues) {
  for (const QueueName& queue : queues) open_queue(queue);
}

std::vector<QueueName> LocalExecutor::queues() const {
  const std::lock_guard lock(mutex_);
  return {offered_.begin(), offered_.end()};
}

bool LocalExecutor::is_ours(const WorkerName& worker, BootEpoch epoch) const {
  return worker.value() == kWorkerName && epoch == connection_.epoch;
}

void LocalExecutor::start(AttemptDispatched dispatched) {
  if (is_ours(dispatched.worker, dispatched.epoch))
    connection_.service->start(std::move(dispatched));
}

void LocalExecutor::stop(const AttemptStopRequested& request) {
  if (is_ours(request.worker, request.epoch)) connection_.service->stop(request);
}

void LocalExecutor::open_queue(const QueueName& queue) {
  {
    const std::lock_guard lock(mutex_);
    if (!offered_.insert(queue).second) return;
  }
  connection_.reports->offer(queue, {.worker = WorkerName{kWorkerName},
                                     .epoch = connection_.epoch,
                                     .lanes = connection_.service->places(),
                                     .claim = Claim::none});
}

}  // namespace carillon::server
