#include "tests/sim/world/world_executor.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"
#include "tests/sim/world/draw.h"

namespace carillon {
namespace {

// A handler that hangs gives in so long after it was told to stop: a server kills it by then.
constexpr Duration kGraceMax = Duration::seconds(40);

}  // namespace

// How one attempt goes.
struct WorldExecutor::Conduct {
  FinishKind kind = FinishKind::completed;
  std::string error;
  Duration takes;
  bool hangs = false;
  bool reports_twice = false;
  bool ignores_stop = false;
  bool silent = false;
  Duration stop_takes;
};

WorldExecutor::Conduct WorldExecutor::conduct_of(const AttemptDispatched& dispatched) const {
  if (is_calm_) return {.takes = Duration::milliseconds(5)};
  const AttemptId& attempt = dispatched.attempt;
  Draw draw(part_seed(plan_.seed, siphash_2_4(fmt::format("{}/{}/{}", dispatched.name,
                                                          attempt.run.number, attempt.number))));
  const Manners& manners = plan_.manners;
  Conduct conduct;
  conduct.takes = draw.chance(300) ? Duration{} : draw.between(Duration{}, manners.longest);
  if (draw.chance(manners.fails)) {
    conduct.kind = FinishKind::failed;
    conduct.error = draw.pick({"drawn", "other"});
  } else if (draw.chance(manners.fails_for_good)) {
    conduct.kind = FinishKind::failed_for_good;
    conduct.error = "hopeless";
  }
  conduct.hangs = draw.chance(manners.hangs);
  conduct.reports_twice = draw.chance(manners.reports_twice);
  conduct.ignores_stop = draw.chance(manners.ignores_stop);
  conduct.silent = draw.chance(manners.silent);
  conduct.stop_takes = conduct.hangs ? draw.between(Duration{}, kGraceMax)
                                     : draw.between(Duration{}, Duration::milliseconds(300));
  return conduct;
}

void WorldExecutor::start(AttemptDispatched dispatched) {
  if (dispatched.worker != worker_.name || dispatched.epoch != epoch_) return;
  const Conduct conduct = conduct_of(dispatched);
  const std::optional<Duration> heartbeat = dispatched.heartbeat;
  const std::string token = fmt::format("\"{} fence {} epoch {}\"", to_text(dispatched.attempt),
                                        dispatched.fence.value(), dispatched.epoch.value());
  std::optional<std::string> rival = rival_of(dispatched.attempt.run.task);
  handlers_.push_back({.dispatched = std::move(dispatched),
                       .began = clock_.passed(),
                       .token = token,
                       .reported = {},
                       .beats = !conduct.silent && !conduct.hangs,
                       .began_as = handlers_.size(),
                       .rival = std::move(rival)});
  const std::size_t handler = handlers_.size() - 1;
  plan_end(handler, conduct);
  if (heartbeat && !conduct.silent) {
    plan_heartbeats(handler, Duration::milliseconds(heartbeat->ms() / 2), conduct.takes);
  }
}

// Looks at the handlers of this process life only: older ones are dead.
std::optional<std::string> WorldExecutor::rival_of(const TaskId& task) const {
  for (std::size_t i = handlers_.size(); i-- > first_of_life_;) {
    const HandlerRecord& other = handlers_[i];
    if (other.dispatched.attempt.run.task != task || other.dispatched.worker != worker_.name) {
      continue;
    }
    if (!other.reported && !other.told_to_stop) return to_text(other.dispatched.attempt);
  }
  return std::nullopt;
}

void WorldExecutor::plan_end(std::size_t handler, const Conduct& conduct) {
  if (conduct.hangs) return;
  agenda_.plan(clock_.passed() + conduct.takes, [this, handler, conduct] {
    const HandlerRecord& record = handlers_[handler];
    if (record.reported || (record.told_to_stop && !conduct.ignores_stop)) return;
    report(handler, conduct.kind, conduct.error);
    if (!conduct.reports_twice) return;
    agenda_.plan(clock_.passed() + conduct.stop_takes,
                 [this, handler, conduct] { report(handler, conduct.kind, conduct.error); });
  });
}

void WorldExecutor::plan_heartbeats(std::size_t handler, Duration every, Duration until) {
  if (every >= until) return;
  agenda_.plan(clock_.passed() + every, [this, handler, every, until] {
    const HandlerRecord& record = handlers_[handler];
    if (record.reported || record.told_to_stop) return;
    reports_->progress(record.dispatched.attempt.run.task,
                       {.fence = record.dispatched.fence, .note = ""});
    plan_heartbeats(handler, every, until - every);
  });
}

void WorldExecutor::report(std::size_t handler, FinishKind kind, const std::string& error) {
  HandlerRecord& record = handlers_[handler];
  if (!record.reported) {
    record.reported = kind;
    record.reported_before = handlers_.size();
  }
  AttemptFinished finished{.fence = record.dispatched.fence, .kind = kind, .outcome = {}};
  if (kind == FinishKind::completed) finished.outcome.result = JsonText(record.token);
  if (!error.empty()) {
    finished.outcome.error_code = error;
    finished.outcome.error_message = "As the plan says.";
  }
  reports_->finished(record.dispatched.attempt.run.task, std::move(finished));
}

void WorldExecutor::stop(const AttemptStopRequested& request) {
  const auto same = [&](const HandlerRecord& record) {
    return request.worker == worker_.name && record.dispatched.attempt == request.attempt &&
           record.dispatched.fence == request.fence && !record.died;
  };
  const auto found = std::ranges::find_if(handlers_, same);
  if (found == handlers_.end() || found->reported) return;
  found->told_to_stop = true;
  const Conduct conduct = conduct_of(found->dispatched);
  if (conduct.ignores_stop && !conduct.hangs) return;  // It ends as it would have.
  const auto handler = static_cast<std::size_t>(found - handlers_.begin());
  agenda_.plan(clock_.passed() + conduct.stop_takes, [this, handler] {
    if (!handlers_[handler].reported) report(handler, FinishKind::cancelled, "");
  });
}

void WorldExecutor::offer(const QueueName& queue) {
  if (!offered_.insert(queue).second) return;
  WorkerCredit credit{.worker = worker_.name, .epoch = epoch_, .lanes = {}};
  for (const Lane lane : worker_.lanes) {
    credit.lanes.push_back({.lane = lane, .slots = plan_.places});
  }
  reports_->offer(queue, std::move(credit));
}

void WorldExecutor::open_queue(const QueueName& queue) { offer(queue); }

void WorldExecutor::come_up(AttemptReports& reports, BootEpoch epoch,
                            const std::vector<QueueName>& queues) {
  reports_ = &reports;
  epoch_ = epoch;
  first_of_life_ = handlers_.size();
  offer_again(queues);
}

void WorldExecutor::offer_again(const std::vector<QueueName>& queues) {
  offered_.clear();
  for (const QueueName& queue : queues) offer(queue);
}

void WorldExecutor::go_down() {
  agenda_.forget_all();
  reports_ = nullptr;
  for (HandlerRecord& record : handlers_) {
    if (record.dispatched.worker == worker_.name && !record.reported) record.died = true;
  }
}

}  // namespace carillon
