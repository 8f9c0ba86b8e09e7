#include "tests/sim/world/outside_worker.h"

#include <algorithm>

#include "base/check.h"
#include "domain/words.h"

namespace carillon {
namespace {

constexpr std::size_t kFactsMax = 1'000'000;

}  // namespace

// Reports of one life of the worker, on their way to whichever process is up.
class OutsideWorker::Link final : public AttemptReports {
 public:
  void progress(const TaskId& task, AttemptProgress progress) override {
    if (to_ != nullptr) to_->progress(task, std::move(progress));
  }
  void finished(const TaskId& task, AttemptFinished finished) override {
    reported_.emplace_back(task, finished);
    if (to_ != nullptr) to_->finished(task, std::move(finished));
  }
  void offer(const QueueName& queue, WorkerCredit credit) override {
    if (to_ != nullptr) to_->offer(queue, std::move(credit));
  }

  // A report may have been lost with the process before: only its commit makes it safe.
  void connect(AttemptReports& to) {
    to_ = &to;
    for (const auto& [task, finished] : reported_) to.finished(task, finished);
  }
  void disconnect() { to_ = nullptr; }
  void forget() { reported_.clear(); }

 private:
  AttemptReports* to_ = nullptr;
  std::vector<std::pair<TaskId, AttemptFinished>> reported_;
};

OutsideWorker::OutsideWorker(const WorldPlan& plan, const SimClock& clock,
                             std::vector<HandlerRecord>& handlers)
    : hands_(plan, clock, handlers, {.name = kOutsideWorker, .lanes = {Lane::worker}}),
      link_(std::make_unique<Link>()) {
  hands_.come_up(*link_, epoch_, {});
}

OutsideWorker::~OutsideWorker() = default;

void OutsideWorker::start(AttemptDispatched dispatched) {
  if (is_up_) hands_.start(std::move(dispatched));
}

void OutsideWorker::stop(const AttemptStopRequested& request) {
  if (is_up_) hands_.stop(request);
}

void OutsideWorker::open_queue(const QueueName& queue) {
  if (std::ranges::find(queues_, queue) == queues_.end()) queues_.push_back(queue);
  if (is_up_) hands_.open_queue(queue);
}

void OutsideWorker::connect(AttemptReports& reports, const EngineStore& store,
                            const std::vector<QueueName>& queues) {
  queues_ = queues;
  catch_up(store);
  link_->connect(reports);
  if (is_up_) hands_.offer_again(queues_);
}

void OutsideWorker::catch_up(const EngineStore& store) {
  const auto missed = store.facts_after(Topic::task_execution, seen_, kFactsMax);
  CARILLON_CHECK(missed.has_value(), "a simulated store reads facts");
  for (const FactRecord& fact : *missed) {
    seen_ = fact.position;
    if (fact.type == FactType::attempt_dispatched) {
      if (auto dispatched = from_wire<AttemptDispatched>(fact.payload)) start(*dispatched);
    } else if (fact.type == FactType::attempt_stop_requested) {
      if (const auto request = from_wire<AttemptStopRequested>(fact.payload)) stop(*request);
    }
  }
}

void OutsideWorker::disconnect() { link_->disconnect(); }

void OutsideWorker::die() {
  is_up_ = false;
  hands_.go_down();
  link_->forget();
}

void OutsideWorker::revive() {
  if (is_up_) return;
  is_up_ = true;
  epoch_ = BootEpoch{epoch_.value() + 1};
  hands_.come_up(*link_, epoch_, queues_);
}

}  // namespace carillon
