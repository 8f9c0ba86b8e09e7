#include "tests/sim/world/sim_world.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/rfc3339.h"
#include "core/operators.h"
#include "domain/words.h"
#include "runtime/service/task_reader.h"
#include "tests/sim/world/draw.h"

namespace carillon {
namespace {

constexpr std::array kQueues{"default", "q1", "q2"};

// How long a world may take to come to rest once nothing goes wrong any more.
constexpr Duration kCalm = Duration::minutes(12);

// How long a process is down that a failed commit has ended.
constexpr Duration kUnplannedDown = Duration::seconds(2);

// How long after its return a worker may be declared lost for its life before.
constexpr Duration kLate = Duration::milliseconds(700);

// Between two portions of a pass of retention.
constexpr Duration kRetentionRest = Duration::milliseconds(100);

// More rounds without time passing than any sane world needs.
constexpr int kIdleRoundsMax = 100'000;

// One fact in a line: what it tells of the run, the slot and the status.
std::string line_of(const FactRecord& record) {
  const auto uuid = uuid_from_raw(record.entity);
  std::string line = fmt::format("{} {} {}", record.position.value(), word_of(record.type),
                                 uuid ? to_text(TaskId{*uuid}) : record.entity);
  if (record.topic != Topic::task_events) return line;
  const auto fact = from_wire<TaskFact>(record.payload);
  if (!fact) return line;
  if (fact->slot) {
    const SlotRow& slot = *fact->slot;
    line += fmt::format(", slot {}", to_rfc3339(slot.first));
    if (slot.count > 1) line += fmt::format(" to {}", to_rfc3339(slot.last.value_or(slot.first)));
    line += fmt::format(" {} {}", word_of(slot.disposition), word_of(slot.reason));
  }
  if (fact->run) {
    line += fmt::format(", run {} attempt {} {}", fact->run->id.number, fact->run->attempt,
                        word_of(fact->run->status));
  }
  if (fact->row) line += fmt::format(", {}", word_of(fact->row->status));
  return line;
}

// What is for one of them is ignored by the other.
class Both final : public AttemptExecutor {
 public:
  Both(AttemptExecutor& inside, AttemptExecutor& outside) : inside_(inside), outside_(outside) {}

  void start(AttemptDispatched dispatched) override {
    outside_.start(dispatched);
    inside_.start(std::move(dispatched));
  }
  void stop(const AttemptStopRequested& request) override {
    outside_.stop(request);
    inside_.stop(request);
  }
  void open_queue(const QueueName& queue) override {
    outside_.open_queue(queue);
    inside_.open_queue(queue);
  }

 private:
  AttemptExecutor& inside_;
  AttemptExecutor& outside_;
};

WorldWorker local_worker() {
  WorldWorker worker{.name = WorkerName{"local"}, .lanes = {}};
  for (const Lane lane : kExecutorLanes) {
    if (lane != Lane::worker) worker.lanes.push_back(lane);
  }
  return worker;
}

void keep_shorter(std::optional<Duration>& shortest, const std::optional<Duration>& other) {
  if (other && (!shortest || *other < *shortest)) shortest = other;
}

}  // namespace

SimWorld::SimWorld(WorldPlan plan, WorldRules rules)
    : rules_(std::move(rules)), ids_(part_seed(plan.seed, 3)) {
  history_.plan = std::move(plan);
  SimHostOptions options = host_options();
  // The host starts its process at once, and that needs the clock.
  host_ = std::make_unique<SimHost>(std::move(options));
}

SimWorld::~SimWorld() = default;

SimHostOptions SimWorld::host_options() {
  const WorldPlan& plan = history_.plan;
  SimHostOptions options;
  options.seed = part_seed(plan.seed, 4);
  options.start = plan.start;
  options.make = rules_.make;
  options.zones = &rules_.zones;
  options.engine = plan.engine;
  options.surroundings = this;
  options.reopen_after = Duration::seconds(1);
  options.dies_at = [this](SimMoment moment) { return dies_at(moment); };
  options.commit_takes = [this] { return commit_takes_; };
  return options;
}

History SimWorld::run() {
  for (const WorldEvent& event : history_.plan.events) {
    pass_until(event.at);
    happen(event);
  }
  pass_until(history_.plan.faults_end);
  end_faults();
  come_to_rest();
  collect();
  return std::move(history_);
}

void SimWorld::come_up(const SimProcess& process) {
  if (!executor_) {
    clock_ = &process.clock;
    executor_ =
        std::make_unique<WorldExecutor>(history_.plan, *clock_, history_.handlers, local_worker());
    outside_ = std::make_unique<OutsideWorker>(history_.plan, *clock_, history_.handlers);
    workers_ = std::make_unique<Both>(*executor_, *outside_);
    clients_ = std::make_unique<WorldClients>(history_.plan, *clock_, history_);
  }
  service_ =
      std::make_unique<WorldService>(WorldService::Parts{.process = process,
                                                         .executor = *workers_,
                                                         .zones = rules_.zones,
                                                         .clock = *clock_,
                                                         .retention = history_.plan.retention,
                                                         .entropy = ids_});
  history_.epochs.push_back({.epoch = process.epoch,
                             .up = clock_->passed(),
                             .begins_after = process.store.mark().last_position});
  std::vector<QueueName> queues{QueueName{"default"}};
  // A read that fails here leaves queues without an executor until the next start, as in a server.
  if (auto used = process.store.keys_of(OperatorName::queue_dispatcher)) {
    for (const Key& name : *used) queues.emplace_back(name);
  }
  executor_->come_up(service_->reports(), process.epoch, queues);
  outside_->connect(service_->reports(), process.store, queues);
  clients_->come_up(service_->gateway());
  tell(fmt::format("up, epoch {}", process.epoch.value()));
}

void SimWorld::go_down() {
  tell("down");
  executor_->go_down();
  outside_->disconnect();
  clients_->go_down();
  service_.reset();
}

void SimWorld::release(std::span<const FactRecord> facts) {
  history_.released.insert(history_.released.end(), facts.begin(), facts.end());
  if (rules_.trace) {
    for (const FactRecord& fact : facts) {
      if (fact.topic == Topic::task_responses) continue;
      tell(line_of(fact));
    }
  }
  service_->sink().release(facts);
  if (!facts.empty()) outside_->saw(facts.back().position);
}

bool SimWorld::act() {
  bool acted = false;
  while (service_ && service_->act()) acted = true;
  while (clients_->act()) acted = true;
  while (executor_->act()) acted = true;
  while (outside_->act()) acted = true;
  return acted;
}

std::optional<Duration> SimWorld::until_next() const {
  std::optional<Duration> next = clients_->next();
  keep_shorter(next, executor_->next());
  keep_shorter(next, outside_->next());
  keep_shorter(next, agenda_.next());
  if (!next) return next;
  return std::max(Duration{}, *next - clock_->passed());
}

void SimWorld::pass_until(Duration moment) {
  int idle = 0;
  for (;;) {
    while (agenda_.do_one(clock_->passed())) {
    }
    if (host_->running()) {
      host_->settle();
    } else {
      // Down, but clients go on asking, workers working, and time brings it up.
      while (clients_->act() || outside_->act()) {
      }
    }
    if (!host_->running() && !start_planned_) {
      start_later(
          std::exchange(crash_due_, std::nullopt)
              .value_or(
                  Crash{.at = {}, .down = kUnplannedDown, .restarted_with = history_.plan.engine}));
    }
    const Duration now = clock_->passed();
    if (now >= moment && !(agenda_.next() && *agenda_.next() <= now)) return;
    Duration step = moment - now;
    if (const auto next = host_->until_next(); next && *next < step) step = *next;
    if (step <= Duration{}) {
      CARILLON_CHECK(++idle < kIdleRoundsMax, "time stands still");
      step = now >= moment ? Duration{} : Duration::milliseconds(idle > 1 ? 1 : 0);
    } else {
      idle = 0;
    }
    if (step > Duration{}) clock_->pass(step);
  }
}

void SimWorld::happen(const WorldEvent& event) {
  if (rules_.trace) rules_.trace(describe(event));
  std::visit([this](const auto& kind) { happen_kind(kind); }, event.what);
}

void SimWorld::happen_kind(const ClientCall& call) { clients_->send(call); }

void SimWorld::happen_kind(const Crash& crash) {
  if (!host_->running() || crash_due_) return;
  if (crash.at) {
    crash_due_ = crash;
    return;
  }
  host_->crash();
  start_later(crash);
}

bool SimWorld::dies_at(SimMoment moment) { return crash_due_ && crash_due_->at == moment; }

void SimWorld::start_later(const Crash& crash) {
  start_planned_ = true;
  host_->configure(crash.restarted_with);
  agenda_.plan(clock_->passed() + crash.down, [this] {
    start_planned_ = false;
    if (!host_->running()) host_->start();
  });
}

void SimWorld::happen_kind(const CommitFails& fault) {
  host_->on_failed_commit(fault.then);
  host_->disk().commit_faults.push_back(
      {.commit = host_->disk().commits + 1, .code = fault.code, .fate = fault.fate});
}

void SimWorld::happen_kind(const ReadFails& fault) {
  host_->disk().read_fault = host_->disk().reads + 1 + fault.after_reads;
}

void SimWorld::happen_kind(const DiskFull& fault) {
  host_->on_failed_commit(SimHostOptions::OnFailedCommit::reopen);
  host_->disk().full = true;
  agenda_.plan(clock_->passed() + fault.lasts, [this] { host_->disk().full = false; });
}

void SimWorld::happen_kind(const DiskSlow& fault) {
  commit_takes_ = fault.commit;
  agenda_.plan(clock_->passed() + fault.lasts, [this] { commit_takes_ = {}; });
}

void SimWorld::happen_kind(const ClockJump& jump) { clock_->set_wall(clock_->wall() + jump.by); }

void SimWorld::happen_kind(const ClockFreeze& fault) {
  clock_->freeze();
  agenda_.plan(clock_->passed() + fault.lasts, [this] { clock_->thaw(); });
}

void SimWorld::happen_kind(const QueueLimit& limit) {
  if (!host_->running()) return;
  const QueueChanged changed{.concurrency_max = limit.running_max, .paused = false};
  submit_to_queue(limit.queue.value().c_str(), RecordType::queue_changed, to_wire(changed));
}

void SimWorld::submit_to_queue(const char* queue, RecordType type, Bytes payload) {
  (void)host_->submit({.to = OperatorName::queue_dispatcher,
                       .type = type,
                       .key = queue,
                       .payload = std::move(payload),
                       .completion = {}});
}

void SimWorld::happen_kind(const WorkerDies& death) {
  if (!outside_->is_up()) return;
  outside_->die();
  const Duration back = clock_->passed() + death.down;
  agenda_.plan(back, [this] { outside_->revive(); });
  const BootEpoch epoch = outside_->epoch();
  if (death.notice == WorkerDies::Notice::at_once) declare_lost(epoch);
  if (death.notice == WorkerDies::Notice::late) {
    agenda_.plan(back + kLate, [this, epoch] { declare_lost(epoch); });
  }
}

void SimWorld::declare_lost(BootEpoch epoch) {
  if (!host_->running()) return;
  const WorkerLost lost{.worker = kOutsideWorker, .epoch = epoch, .reason = "It does not answer."};
  for (const char* queue : kQueues) submit_to_queue(queue, RecordType::worker_lost, to_wire(lost));
}

void SimWorld::happen_kind(const RetentionRuns& /*pass*/) {
  if (!service_ || !host_->running()) return;
  const bool more = service_->retain();
  history_.passes.push_back(
      {.at = clock_->wall(), .kept_from = host_->store().mark().journal_from});
  if (more) retain_more_later();
}

// As the server's thread does, which ends with the process.
void SimWorld::retain_more_later() {
  agenda_.plan(clock_->passed() + kRetentionRest, [this, epoch = history_.epochs.size()] {
    if (!service_ || history_.epochs.size() != epoch) return;
    if (service_->retain_more()) retain_more_later();
  });
}

void SimWorld::end_faults() {
  tell("nothing goes wrong any more");
  crash_due_.reset();
  commit_takes_ = {};
  clock_->thaw();
  SimDisk& disk = host_->disk();
  disk.full = false;
  disk.read_fault.reset();
  disk.commit_faults.clear();
  host_->on_failed_commit(SimHostOptions::OnFailedCommit::reopen);
  if (!host_->running()) host_->start();
  executor_->calm_down();
  outside_->calm_down();
  outside_->revive();
  for (const char* queue : kQueues) {
    happen_kind(QueueLimit{.queue = QueueName{queue}, .running_max = {}});
  }
}

void SimWorld::come_to_rest() {
  const Duration begin = clock_->passed();
  pass_until(begin + Duration::seconds(5));
  clients_->resume_all();
  if (has_retention(history_.plan)) {
    pass_until(begin + kCalm - Duration::seconds(10));
    happen_kind(RetentionRuns{});
  }
  pass_until(begin + kCalm);
}

void SimWorld::collect() {
  history_.at_rest = host_->at_rest();
  history_.ended = clock_->wall();
  history_.passed = clock_->passed();
  const SimDisk& disk = host_->disk();
  history_.commits = disk.commits;
  history_.durable = disk.forgotten_facts;
  history_.journal = disk.forgotten_journal;
  for (const auto& [place, fact] : disk.facts) history_.durable.push_back(fact);
  std::ranges::sort(history_.durable, {}, &FactRecord::position);
  for (const auto& [position, record] : disk.journal) history_.journal.push_back(record);
  history_.dead_letters = disk.dead_letters;
  for (const FactRecord& fact : history_.durable) {
    if (fact.topic != Topic::task_events) continue;
    const auto uuid = uuid_from_raw(fact.entity);
    if (!uuid || history_.committed.contains(TaskId{*uuid})) continue;
    auto read = read_committed_task(host_->store(), TaskId{*uuid});
    if (read && *read) history_.committed.emplace(TaskId{*uuid}, std::move(**read));
  }
}

void SimWorld::tell(std::string line) {
  if (!rules_.trace) return;
  const Duration now = clock_->passed();
  rules_.trace(fmt::format("{:>8}.{:03} s    {}  {}", now.ms() / 1000, now.ms() % 1000,
                           to_rfc3339(clock_->wall()), line));
}

}  // namespace carillon
