#include "tests/sim/sim_host.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace carillon {

namespace {

// More rounds at one moment than any sane scenario needs: two keys that wake each other for ever.
constexpr int kRoundsMax = 1'000'000;

// Batches that may be on their way to the store.
constexpr std::size_t kOutMax = 2;

void keep_shorter(std::optional<Duration>& shortest, const std::optional<Duration>& other) {
  if (other && (!shortest || *other < *shortest)) shortest = other;
}

// From one moment of the monotonic clock to a later one; none of the time that is over.
Duration between(std::int64_t from_ns, std::int64_t to_ns) {
  return Duration::milliseconds(std::max<std::int64_t>(0, (to_ns - from_ns) / 1'000'000));
}

}  // namespace

// Surroundings of an engine that only has its executor.
class SimHost::ExecutorAlone final : public SimSurroundings {
 public:
  ExecutorAlone(SimExecutor& executor, const SimClock& clock)
      : executor_(executor), clock_(clock) {}

  void come_up(const SimProcess& process) override {
    intake_ = &process.intake;
    executor_.restart(process.epoch, clock_.wall());
  }

  void go_down() override { intake_ = nullptr; }

  void release(std::span<const FactRecord> facts) override {
    executor_.observe(facts, clock_.wall());
  }

  bool act() override {
    std::vector<EngineInput> reports = executor_.take_due(clock_.wall());
    for (EngineInput& report : reports) {
      CARILLON_CHECK(intake_->submit(std::move(report)).has_value());
    }
    return !reports.empty();
  }

  [[nodiscard]] std::optional<Duration> until_next() const override {
    const auto report = executor_.next_event();
    if (!report || intake_ == nullptr) return std::nullopt;
    return *report - clock_.wall();
  }

 private:
  SimExecutor& executor_;
  const SimClock& clock_;
  Intake* intake_ = nullptr;
};

SimHost::SimHost(SimHostOptions options)
    : options_(std::move(options)),
      clock_(options_.start),
      entropy_(options_.seed),
      executor_(options_.executor),
      own_surroundings_(options_.surroundings != nullptr
                            ? nullptr
                            : std::make_unique<ExecutorAlone>(executor_, clock_)),
      surroundings_(own_surroundings_ ? *own_surroundings_ : *options_.surroundings) {
  start();
}

SimHost::~SimHost() = default;

void SimHost::start() {
  CARILLON_CHECK(!running());
  store_ = std::make_unique<SimEngineStore>(disk_);
  intake_ = std::make_unique<Intake>(IntakeLimits{});
  auto opened = Engine::open({.store = *store_,
                              .intake = *intake_,
                              .operators = make_operators(options_.make),
                              .zones = options_.zones,
                              .options = options_.engine});
  CARILLON_CHECK(opened.has_value(), "the simulated store opens");
  engine_ = std::move(*opened);
  surroundings_.come_up(
      {.store = *store_, .intake = *intake_, .clock = clock_, .epoch = store_->mark().epoch});
}

void SimHost::crash() {
  out_.clear();
  commit_done_ns_.reset();
  engine_.reset();
  surroundings_.go_down();
  intake_.reset();
  store_.reset();
}

Result<void> SimHost::submit(EngineInput input) {
  if (!running()) return fail(ErrorCode::unavailable, "The simulated process is down.");
  return intake_->submit(std::move(input));
}

Result<Answered> SimHost::ask(OperatorName to, Key key, RecordType type, Bytes payload) {
  std::optional<Result<Answered>> told;
  auto taken =
      submit({.to = to,
              .type = type,
              .input_class = InputClass::client,
              .key = std::move(key),
              .payload = std::move(payload),
              .completion = [&told](Result<Answered> result) { told = std::move(result); }});
  if (!taken) return fail(std::move(taken.error()));
  settle();
  // A crash answers nobody: the sender sees its connection break.
  if (!told) return fail(ErrorCode::outcome_unknown, "The process died before it answered.");
  return std::move(*told);
}

void SimHost::release(std::span<const FactRecord> facts) {
  facts_.insert(facts_.end(), facts.begin(), facts.end());
  surroundings_.release(facts);
}

void SimHost::settle() {
  for (int round = 0; running() && work_once(); ++round) {
    CARILLON_CHECK(round < kRoundsMax, "the engine never comes to rest");
  }
}

SimHost::Fate SimHost::reach(SimMoment moment) {
  if (!options_.dies_at || !options_.dies_at(moment)) return Fate::lives;
  crash();
  return Fate::died;
}

// One round; false when nothing is left to do before time passes.
bool SimHost::work_once() {
  if (engine_->halted() && out_.empty()) {
    if (clock_.monotonic_ns() < reopen_at_ns_) return surroundings_.act();
    try_reopen();
    if (engine_->halted()) return false;
  }
  const bool acted = surroundings_.act();
  bool worked = false;
  if (!engine_->halted() && out_.size() < kOutMax) {
    worked = step_and_seal(1 + entropy_.below(2));
    if (!running()) return false;
  }
  // Sometimes a second batch is stepped on top of the first before that is durable.
  if (worked && !engine_->halted() && out_.size() < kOutMax && engine_->has_backlog() &&
      entropy_.below(2) == 0) {
    step_and_seal(1);
    if (!running()) return false;
  }
  const bool committed = commit_ready();
  if (!running()) return false;
  if (engine_->halted() && out_.empty()) {
    recover(*engine_->halted());
    return running();
  }
  return acted || worked || committed || (out_.empty() && engine_->has_backlog());
}

// Steps what waits and seals it; true when there was something. A failed read halts the engine.
bool SimHost::step_and_seal(std::size_t portions) {
  for (std::size_t i = 0; i < portions; ++i) {
    if (!engine_->step(reading())) return false;
  }
  if (reach(SimMoment::stepped) == Fate::died) return false;
  auto pending = engine_->seal();
  if (!pending) return false;
  if (options_.on_batch) options_.on_batch(pending->batch);
  out_.push_back(std::move(pending));
  return reach(SimMoment::sealed) == Fate::lives;
}

// Commits and releases what the disk is done with; true when there was something.
bool SimHost::commit_ready() {
  bool committed = false;
  while (running() && !out_.empty()) {
    if (!commit_done_ns_) {
      const Duration takes = options_.commit_takes ? options_.commit_takes() : Duration{};
      commit_done_ns_ = clock_.monotonic_ns() + takes.ms() * 1'000'000;
    }
    if (*commit_done_ns_ > clock_.monotonic_ns()) return committed;
    commit_done_ns_.reset();
    committed = true;
    PendingCommit& oldest = *out_.front();
    if (auto stored = store_->commit(oldest.batch); !stored) {
      recover(std::move(stored.error()));
      return true;
    }
    if (reach(SimMoment::committed) == Fate::died) return true;
    oldest.release(*this);
    if (reach(SimMoment::released) == Fate::died) return true;
    engine_->on_committed(oldest.batch.last_position);
    out_.erase(out_.begin());
  }
  return committed;
}

void SimHost::recover(Error error) {
  using Then = SimHostOptions::OnFailedCommit;
  if (options_.on_failed_commit != Then::reopen) {
    crash();
    if (options_.on_failed_commit == Then::crash_and_restart) start();
    return;
  }
  engine_->abandon(error, out_);
  out_.clear();
  intake_->close(error);
  for (EngineInput& refused : intake_->take_refused()) {
    if (refused.completion) refused.completion(fail(error));
  }
  reopen_at_ns_ = clock_.monotonic_ns() + options_.reopen_after.ms() * 1'000'000;
  if (options_.reopen_after == Duration{}) try_reopen();
}

void SimHost::try_reopen() {
  reopen_at_ns_ = clock_.monotonic_ns() + options_.reopen_after.ms() * 1'000'000;
  if (!store_->reopen()) return;  // Still no room: the process stays up and takes nothing.
  auto unreleased = engine_->reopen();
  CARILLON_CHECK(unreleased.has_value(), "the simulated store can be read");
  if (!unreleased->empty()) release(*unreleased);
  intake_->open();
}

std::optional<Duration> SimHost::until_next() const {
  std::optional<Duration> shortest = surroundings_.until_next();
  if (!running()) return shortest;
  const std::int64_t now_ns = clock_.monotonic_ns();
  if (commit_done_ns_) keep_shorter(shortest, between(now_ns, *commit_done_ns_));
  if (engine_->halted()) {
    if (out_.empty()) keep_shorter(shortest, between(now_ns, reopen_at_ns_));
  } else if (const auto due = engine_->next_due(); due && !clock_.is_frozen()) {
    if (out_.size() < kOutMax) keep_shorter(shortest, *due - clock_.wall());
  }
  return shortest;
}

void SimHost::advance_to(Instant wall) {
  settle();
  while (clock_.wall() < wall) {
    Duration step = wall - clock_.wall();
    // Without a pause between tries to reopen, the next event tries.
    const auto next = running() && engine_->halted() ? std::nullopt : until_next();
    if (next && *next < step) step = *next;
    if (step > Duration{}) clock_.pass(step);
    settle();
  }
}

}  // namespace carillon
