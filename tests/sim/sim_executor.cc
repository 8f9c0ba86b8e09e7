#include "tests/sim/sim_executor.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "domain/words.h"

namespace carillon {

namespace {

template <class T>
T must_read(const FactRecord& fact) {
  auto value = from_wire<T>(fact.payload);
  CARILLON_CHECK(value.has_value(), "a released fact can be read");
  return std::move(*value);
}

EngineInput report_to_task(const TaskId& task, RecordType type, Bytes payload) {
  return {.to = OperatorName::task_scheduler,
          .type = type,
          .input_class = InputClass::kept,
          .key = Key(task.value().raw()),
          .payload = std::move(payload),
          .completion = {}};
}

}  // namespace

void SimExecutor::plan(const std::string& name_or_type, std::vector<AttemptPlan> plans) {
  CARILLON_CHECK(!plans.empty());
  plans_[name_or_type] = std::move(plans);
}

AttemptPlan SimExecutor::next_plan(const AttemptDispatched& dispatched) {
  auto found = plans_.find(dispatched.name);
  if (found == plans_.end()) found = plans_.find(dispatched.type);
  if (found == plans_.end()) return {};
  std::vector<AttemptPlan>& plans = found->second;
  AttemptPlan plan = plans.front();
  if (plans.size() > 1) plans.erase(plans.begin());
  return plan;
}

void SimExecutor::observe(std::span<const FactRecord> facts, Instant now) {
  for (const FactRecord& fact : facts) {
    if (fact.topic != Topic::task_execution) continue;
    if (fact.type == FactType::attempt_dispatched) {
      start(must_read<AttemptDispatched>(fact), now);
    } else if (fact.type == FactType::attempt_stop_requested) {
      stop(must_read<AttemptStopRequested>(fact), now);
    } else if (fact.type == FactType::queue_opened) {
      const auto opened = must_read<QueueOpened>(fact);
      if (std::ranges::find(queues_, opened.queue) == queues_.end()) {
        queues_.push_back(opened.queue);
      }
      offer(opened.queue, now);
    }
  }
}

void SimExecutor::start(const AttemptDispatched& dispatched, Instant now) {
  if (dispatched.worker != options_.worker || dispatched.epoch != epoch_) return;
  witnessed_.push_back({.attempt = dispatched.attempt,
                        .fence = dispatched.fence,
                        .started = now,
                        .ended = {},
                        .kind = {}});
  const AttemptPlan plan = next_plan(dispatched);
  if (!plan.takes) return;
  const AttemptFinished finished{
      .fence = dispatched.fence, .kind = plan.kind, .outcome = plan.outcome};
  reports_.emplace(now + *plan.takes,
                   Report{.input = report_to_task(dispatched.attempt.run.task,
                                                  RecordType::attempt_finished, to_wire(finished)),
                          .ends = witnessed_.size() - 1,
                          .kind = plan.kind});
}

void SimExecutor::stop(const AttemptStopRequested& request, Instant now) {
  for (std::size_t i = 0; i < witnessed_.size(); ++i) {
    WitnessedAttempt& attempt = witnessed_[i];
    if (attempt.attempt != request.attempt || attempt.fence != request.fence) continue;
    if (attempt.ended) return;
    std::erase_if(reports_, [i](const auto& entry) { return entry.second.ends == i; });
    const AttemptFinished finished{
        .fence = request.fence, .kind = FinishKind::cancelled, .outcome = {}};
    reports_.emplace(
        now, Report{.input = report_to_task(request.attempt.run.task, RecordType::attempt_finished,
                                            to_wire(finished)),
                    .ends = i,
                    .kind = FinishKind::cancelled});
    return;
  }
}

void SimExecutor::offer(const QueueName& queue, Instant now) {
  WorkerCredit credit{.worker = options_.worker, .epoch = epoch_, .lanes = {}};
  for (const Lane lane : kExecutorLanes) {
    credit.lanes.push_back({.lane = lane, .slots = options_.slots});
  }
  reports_.emplace(now, Report{.input = {.to = OperatorName::queue_dispatcher,
                                         .type = RecordType::worker_credit,
                                         .input_class = InputClass::kept,
                                         .key = queue.value(),
                                         .payload = to_wire(credit),
                                         .completion = {}},
                               .ends = {}});
}

void SimExecutor::restart(BootEpoch epoch, Instant now) {
  epoch_ = epoch;
  reports_.clear();
  for (const QueueName& queue : queues_) offer(queue, now);
}

std::optional<Instant> SimExecutor::next_event() const {
  return reports_.empty() ? std::nullopt : std::optional(reports_.begin()->first);
}

std::vector<EngineInput> SimExecutor::take_due(Instant now) {
  std::vector<EngineInput> due;
  while (!reports_.empty() && reports_.begin()->first <= now) {
    Report& report = reports_.begin()->second;
    if (report.ends) {
      witnessed_[*report.ends].ended = now;
      witnessed_[*report.ends].kind = report.kind;
    }
    due.push_back(std::move(report.input));
    reports_.erase(reports_.begin());
  }
  return due;
}

}  // namespace carillon
