#include "runtime/engine/engine_thread.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"
#include "ports/thread_name.h"
#include "runtime/engine/nap.h"

namespace carillon {

namespace {

// How long a stalled engine waits between its tries.
constexpr std::int64_t kReopenPauseNs = 1'000'000'000;

// How often it looks meanwhile whether the last good batch is handed out.
constexpr std::int64_t kReleasePollNs = 1'000'000;

constexpr std::size_t kEverything = 1ULL << 62;

// While a batch is synced, that many waiting inputs are worth waking up for: stepping them takes as
// long as a sync, and a wake-up costs as much as stepping one.
constexpr std::size_t kWorthWaking = 16;

Error shutting_down() {
  return Error{.code = ErrorCode::shutting_down,
               .message = "The server is shutting down.",
               .hint = "Send it again when the server is back.",
               .column = std::nullopt,
               .pointer = {}};
}

void refuse(std::vector<EngineInput> inputs, const Error& error) {
  for (EngineInput& input : inputs) {
    if (input.completion) input.completion(fail(error));
  }
}

}  // namespace

EngineThread::EngineThread(Parts parts)
    : store_(parts.store),
      sink_(parts.sink),
      clock_(parts.clock),
      inline_records_(parts.inline_records),
      on_commit_(std::move(parts.on_commit)),
      intake_(parts.intake, &bell_) {}

Result<std::unique_ptr<EngineThread>> EngineThread::open(Parts parts) {
  OperatorSet operators = std::move(parts.operators);
  const ZoneSource* const zones = parts.zones;
  const EngineOptions options = parts.engine;
  std::unique_ptr<EngineThread> thread(new EngineThread(std::move(parts)));
  auto engine = Engine::open({.store = thread->store_,
                              .intake = thread->intake_,
                              .operators = std::move(operators),
                              .zones = zones,
                              .options = options});
  if (!engine) return fail(std::move(engine.error()));
  thread->engine_ = std::move(*engine);
  thread->opened_ = thread->engine_->opened();
  return thread;
}

EngineThread::~EngineThread() { stop(); }

void EngineThread::start() {
  CARILLON_CHECK(!stepper_.joinable(), "it starts once");
  publish(EngineState::running);
  committer_ = std::thread([this] { commit_loop(); });
  stepper_ = std::thread([this] { run(); });
}

void EngineThread::stop() {
  if (!stepper_.joinable()) return;
  stopping_.store(true);
  intake_.close(shutting_down());
  bell_.ring();
  stepper_.join();
  {
    const std::lock_guard lock(hand_mutex_);
    committer_ends_ = true;
  }
  hand_bell_.notify_one();
  committer_.join();
  std::vector<EngineInput> left;
  intake_.drain(kEverything, kEverything, left);
  refuse(std::move(left), shutting_down());
  publish(EngineState::stopped);
}

// The stepping thread.

void EngineThread::run() {
  name_this_thread("engine-step");
  while (turn()) {
  }
}

// One round; false when everything taken is durable and no more is wanted.
bool EngineThread::turn() {
  const bool collected = collect();
  if (engine_->halted() || failure_) {
    if (in_flight_) {
      wait(kNapMaxNs);
      return true;
    }
    recover();
    return !stopping_.load();
  }
  const ClockReading now = reading();
  const auto stepped = engine_->step(now);
  if (!stepped) return true;  // Halted: handled when the batch in flight has come back.
  publish(EngineState::running);
  if (!in_flight_) {
    if (auto pending = engine_->seal()) {
      hand_over(std::move(pending));
      return true;
    }
    if (stopping_.load() && intake_.empty() && !engine_->has_backlog()) return false;
  }
  if (*stepped == 0 && !collected) wait(nap_ns(engine_->next_due(), now.wall, clock_.wall()));
  return true;
}

// Until a ring, `limit_ns` at the most.
void EngineThread::wait(std::int64_t limit_ns) {
  // A batch of notices or carried messages is followed at once.
  if (!in_flight_ && !engine_->halted() && engine_->has_backlog()) return;
  // With the open batch full, what waits is taken when the one in flight has come back.
  const bool waiting = intake_.ring_from(in_flight_ ? kWorthWaking : 1);
  if (waiting && !in_flight_ && !engine_->halted()) return;
  bell_.wait_for(limit_ns);
}

void EngineThread::hand_over(std::unique_ptr<PendingCommit> pending) {
  const bool is_small = pending->batch.journal.size() <= inline_records_ && intake_.empty();
  if (is_small && !is_releasing()) {
    finish(commit(std::move(pending)));
    return;
  }
  in_flight_ = true;
  {
    const std::lock_guard lock(hand_mutex_);
    handed_ = std::move(pending);
  }
  hand_bell_.notify_one();
}

// Whether a batch before is still handed out. The next one must not overtake it.
bool EngineThread::is_releasing() {
  const std::lock_guard lock(hand_mutex_);
  return is_releasing_;
}

void EngineThread::finish(Committed committed) {
  if (committed.result) {
    engine_->on_committed(committed.last_position);
  } else {
    failure_ = std::move(committed.result.error());
    failed_ = std::move(committed.failed);
  }
}

// Takes back what the committing thread is done with.
bool EngineThread::collect() {
  if (!in_flight_) return false;
  std::optional<Committed> done;
  {
    const std::lock_guard lock(hand_mutex_);
    done = std::exchange(committed_, std::nullopt);
  }
  if (!done) return false;
  in_flight_ = false;
  finish(std::move(*done));
  return true;
}

void EngineThread::recover() {
  if (failure_) {
    stall(*std::exchange(failure_, std::nullopt));
  } else if (!stalled_by()) {
    stall(*engine_->halted());  // A read failed within a step.
  }
  if (stopping_.load()) return;
  // What is found durable must not be released before what was known to be.
  const std::int64_t left_ns = reopen_at_ns_ - clock_.monotonic_ns();
  if (left_ns <= 0 && !is_releasing()) {
    try_reopen();
  } else {
    wait(std::max(left_ns, kReleasePollNs));
  }
}

void EngineThread::stall(Error error) {
  ++commits_failed_;
  {
    const std::lock_guard lock(gauges_mutex_);
    stalled_by_ = error;
  }
  intake_.close(stopping_.load() ? shutting_down() : error);
  if (failed_) {
    std::unique_ptr<PendingCommit> failed = std::move(failed_);
    engine_->abandon(error, {&failed, 1});
  } else {
    engine_->abandon(error, {});
  }
  refuse(intake_.take_refused(), error);
  publish(EngineState::stalled);
  // The first try comes after a pause as well: what made the write fail may take a moment to pass.
  reopen_at_ns_ = clock_.monotonic_ns() + kReopenPauseNs;
}

void EngineThread::try_reopen() {
  reopen_at_ns_ = clock_.monotonic_ns() + kReopenPauseNs;
  if (!store_.reopen()) return;
  auto unreleased = engine_->reopen();
  if (!unreleased) return;
  if (!unreleased->empty()) sink_.release(*unreleased);
  {
    const std::lock_guard lock(gauges_mutex_);
    stalled_by_.reset();
  }
  intake_.open();
  // A stop sets its flag before it closes the intake, so one of the two closings comes last.
  if (stopping_.load()) intake_.close(shutting_down());
  publish(EngineState::running);
}

// The committing thread.

void EngineThread::commit_loop() {
  name_this_thread("engine-commit");
  std::unique_lock lock(hand_mutex_);
  for (;;) {
    hand_bell_.wait(lock, [this] { return committer_ends_ || handed_; });
    if (!handed_) return;
    std::unique_ptr<PendingCommit> pending = std::move(handed_);
    is_releasing_ = true;
    lock.unlock();
    Committed done = write(pending);
    lock.lock();
    committed_ = std::move(done);
    // The stepping thread finds the lock free when it is woken, and hands over the next batch while
    // this one is released.
    lock.unlock();
    bell_.ring();
    if (pending) pending->release(sink_);
    lock.lock();
    is_releasing_ = false;
  }
}

// Writes and releases the batch.
EngineThread::Committed EngineThread::commit(std::unique_ptr<PendingCommit> pending) {
  Committed done = write(pending);
  if (pending) pending->release(sink_);
  return done;
}

// Makes the batch durable. Takes it only if that fails.
EngineThread::Committed EngineThread::write(std::unique_ptr<PendingCommit>& pending) {
  const std::int64_t before = clock_.monotonic_ns();
  Committed done{.last_position = pending->batch.last_position};
  done.result = store_.commit(pending->batch);
  if (!done.result) {
    done.failed = std::move(pending);
  } else if (on_commit_) {
    on_commit_(
        {.commit_ns = clock_.monotonic_ns() - before, .records = pending->batch.journal.size()});
  }
  return done;
}

// Any thread.

void EngineThread::publish(EngineState state) {
  const IntakeDepth depth = intake_.depth();
  const std::lock_guard lock(gauges_mutex_);
  gauges_ = {.state = state,
             .counts = engine_->counts(),
             .commits_failed = commits_failed_,
             .wake_ups_pending = engine_->wake_ups_pending(),
             .intake = depth};
}

EngineGauges EngineThread::gauges() const {
  const std::lock_guard lock(gauges_mutex_);
  return gauges_;
}

std::optional<Error> EngineThread::stalled_by() const {
  const std::lock_guard lock(gauges_mutex_);
  return stalled_by_;
}

}  // namespace carillon
