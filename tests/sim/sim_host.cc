#include "tests/sim/sim_host.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace carillon {

namespace {

// More rounds at one moment than any sane scenario needs: two keys that wake each other for ever.
constexpr int kRoundsMax = 1'000'000;

}  // namespace

SimHost::SimHost(SimHostOptions options)
    : options_(std::move(options)),
      clock_(options_.start),
      entropy_(options_.seed),
      executor_(options_.executor) {
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
  executor_.restart(store_->mark().epoch, clock_.wall());
}

void SimHost::crash() {
  engine_.reset();
  intake_.reset();
  store_.reset();
  out_.clear();
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
  executor_.observe(facts, clock_.wall());
}

bool SimHost::feed_executor_reports() {
  std::vector<EngineInput> reports = executor_.take_due(clock_.wall());
  for (EngineInput& report : reports) {
    CARILLON_CHECK(intake_->submit(std::move(report)).has_value());
  }
  return !reports.empty();
}

void SimHost::settle() {
  if (running() && engine_->halted()) try_reopen();
  for (int round = 0; running() && !engine_->halted() && work_once(); ++round) {
    CARILLON_CHECK(round < kRoundsMax, "the engine never comes to rest");
  }
}

bool SimHost::work_once() {
  const bool fed = feed_executor_reports();
  const std::size_t portions = 1 + entropy_.below(2);
  for (std::size_t i = 0; i < portions; ++i) {
    if (auto stepped = engine_->step(reading()); !stepped) {
      recover(std::move(stepped.error()));
      return true;
    }
  }
  seal_one();
  const bool worked = !out_.empty();
  // Sometimes a second batch is stepped on top of the first before that is durable.
  if (worked && engine_->has_backlog() && entropy_.below(2) == 0) {
    if (auto stepped = engine_->step(reading()); !stepped) {
      const Error error = std::move(stepped.error());
      commit_all();
      if (running() && out_.empty() && engine_->halted()) recover(error);
      return true;
    }
    seal_one();
  }
  commit_all();
  return worked || fed || (running() && engine_->has_backlog());
}

void SimHost::seal_one() {
  auto pending = engine_->seal();
  if (!pending) return;
  if (on_batch) on_batch(pending->batch);
  out_.push_back(std::move(pending));
}

void SimHost::commit_all() {
  while (running() && !out_.empty()) {
    PendingCommit& oldest = *out_.front();
    if (auto committed = store_->commit(oldest.batch); !committed) {
      recover(std::move(committed.error()));
      return;
    }
    oldest.release(*this);
    engine_->on_committed(oldest);
    out_.erase(out_.begin());
  }
}

void SimHost::recover(Error error) {
  if (options_.on_failed_commit == SimHostOptions::OnFailedCommit::crash) {
    crash_and_restart();
    return;
  }
  engine_->abandon(error, out_);
  out_.clear();
  intake_->close(error);
  for (EngineInput& refused : intake_->take_refused()) {
    if (refused.completion) refused.completion(fail(error));
  }
  try_reopen();
}

void SimHost::try_reopen() {
  if (!store_->reopen()) return;  // Still no room: the process stays up and takes nothing.
  auto unreleased = engine_->reopen();
  CARILLON_CHECK(unreleased.has_value(), "the simulated store can be read");
  if (!unreleased->empty()) release(*unreleased);
  intake_->open();
}

void SimHost::advance_to(Instant wall) {
  settle();
  while (clock_.wall() < wall) {
    std::optional<Instant> next;
    if (running() && !engine_->halted()) {
      next = engine_->next_due();
      const auto report = executor_.next_event();
      if (report && (!next || *report < *next)) next = report;
    }
    const Instant until = next ? std::min(*next, wall) : wall;
    if (until > clock_.wall()) clock_.pass(until - clock_.wall());
    settle();
  }
}

}  // namespace carillon
