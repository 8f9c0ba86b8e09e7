#include "runtime/views/view_writer.h"

#include <algorithm>
#include <utility>

#include "ports/thread_name.h"

namespace carillon {
namespace {

// A rest is looked at again after this long: the share grows meanwhile.
constexpr std::int64_t kRestMaxNs = 5'000'000;

// How often the core is offered while the engine has nothing to do: each offer is a system call.
constexpr std::int64_t kOfferPauseNs = 200'000;

std::int64_t steady_ns() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace

ViewWriter::ViewWriter(const EngineStore& store, TaskRepository& repository,
                       ViewWriterOptions options)
    : store_(store), repository_(repository), options_(std::move(options)) {}

ViewWriter::~ViewWriter() { stop(); }

void ViewWriter::start() {
  const std::scoped_lock lock(mutex_);
  if (thread_.joinable()) return;
  // Whatever was committed before this moment counts as released.
  released_ = std::max(released_, store_.mark().last_position);
  released_at_ = std::max(released_at_, store_.mark().last_stamp);
  is_behind_ = true;
  is_stopping_ = false;
  if (options_.let_others_run) {
    repository_.on_progress([this] { give_way(); });
  }
  thread_ = std::thread([this] { follow(); });
}

void ViewWriter::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
    note_press();
  }
  arrived_.notify_all();
  advanced_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  repository_.on_progress({});
}

void ViewWriter::release(std::span<const FactRecord> facts) {
  if (facts.empty()) return;
  bool must_wake = false;
  released_ns_.store(steady_ns(), std::memory_order_relaxed);
  {
    const std::scoped_lock lock(mutex_);
    if (caught_up_ >= released_) missing_since_ = facts.front().at;
    released_ = std::max(released_, facts.back().position);
    released_at_ = std::max(released_at_, facts.back().at);
    for (const FactRecord& fact : facts) {
      if (is_behind_) break;
      if (fact.topic != Topic::task_events) continue;
      queue_bytes_ += fact.payload.size();
      queue_.push_back(fact);
      is_behind_ = queue_.size() > options_.queue_facts || queue_bytes_ > options_.queue_bytes;
    }
    if (is_behind_) {
      // The store has them all; keeping half of them here would only cost memory.
      queue_.clear();
      queue_bytes_ = 0;
    }
    note_press();
    // Waking the thread for facts that only gather would cost a switch of threads per commit.
    must_wake = is_idle_ || is_behind_ || queue_.size() >= options_.batch_facts;
  }
  if (must_wake) arrived_.notify_one();
}

void ViewWriter::rebuild() {
  {
    const std::scoped_lock lock(mutex_);
    is_rebuild_due_ = true;
    is_behind_ = true;
  }
  arrived_.notify_one();
}

Result<void> ViewWriter::wait_for(JournalPosition position, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  if (caught_up_ >= position) return {};
  ++waiters_;
  note_press();
  arrived_.notify_one();
  advanced_.wait_for(lock, timeout, [&] { return caught_up_ >= position || is_stopping_; });
  --waiters_;
  note_press();
  if (caught_up_ >= position) return {};
  if (is_stopping_) {
    return fail(ErrorCode::shutting_down, "The views are being closed.");
  }
  return fail(ErrorCode::timed_out, "The lists have not caught up with the last changes yet.",
              "Read the list again, or the task by its id, which is always up to date.");
}

ViewLag ViewWriter::lag() const {
  const std::scoped_lock lock(mutex_);
  if (caught_up_ >= released_) return {};
  return {.positions = released_.value() - caught_up_.value(), .age = missing_age()};
}

// Requires mutex_ to be held, as all below that have no lock of their own.
Duration ViewWriter::missing_age() const {
  const bool is_empty = applied_at_ == Instant{};
  if (is_empty || caught_up_ >= released_) return Duration{};
  return std::max(Duration{}, released_at_ - std::max(applied_at_, missing_since_));
}

void ViewWriter::note_press() {
  const double age = static_cast<double>(missing_age().ms());
  const double age_max = static_cast<double>(options_.behind_max.ms());
  share_ = std::max(options_.share_min, std::min(age / age_max, 1.0));
  const bool is_pressed = is_stopping_ || waiters_ > 0 || age > age_max;
  if (is_pressed && !is_pressed_.exchange(true)) pressed_.notify_all();
  if (!is_pressed) is_pressed_ = false;
}

// On the writer's thread, between two pieces of its work.
void ViewWriter::give_way() {
  const std::int64_t now = steady_ns();
  if (is_pressed_.load(std::memory_order_relaxed)) return work_.begin(now);
  const std::chrono::nanoseconds quiet(now - released_ns_.load(std::memory_order_relaxed));
  const bool is_idle = quiet > options_.engine_idle;
  if (!is_idle || now - offered_ns_ >= kOfferPauseNs) {
    options_.let_others_run();
    offered_ns_ = now;
  }
  if (is_idle) return work_.begin(now);
  const std::int64_t rest_ns = work_.rest_ns(now, share_.load(std::memory_order_relaxed));
  if (rest_ns > 0) {
    std::unique_lock lock(mutex_);
    pressed_.wait_for(lock, std::chrono::nanoseconds(std::min(rest_ns, kRestMaxNs)),
                      [this] { return is_pressed_.load(); });
  }
  work_.rested(steady_ns());
}

std::optional<Error> ViewWriter::trouble() const {
  const std::scoped_lock lock(mutex_);
  return trouble_;
}

void ViewWriter::follow() {
  name_this_thread("views");
  if (options_.on_thread) options_.on_thread();
  work_.begin(steady_ns());
  while (true) {
    const Task task = await_task();
    if (task == Task::stop) return;
    work_.rested(steady_ns());
    const auto result = task == Task::step ? step() : work_on_backlog();
    owes_step_ = task == Task::backlog;
    if (result) continue;
    note_trouble(result.error());
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, options_.retry, [this] { return is_stopping_; });
  }
}

ViewWriter::Task ViewWriter::await_task() {
  const Backlog backlog = repository_.backlog();
  std::unique_lock lock(mutex_);
  const auto has_facts = [this] { return is_stopping_ || is_behind_ || caught_up_ < released_; };
  // Whoever waits, waits for one piece of a large backlog and not for all of it.
  const bool is_turn = waiters_ == 0 || !owes_step_ || !has_facts();
  if (backlog == Backlog::large && is_turn && !is_stopping_ && !is_rebuild_due_) {
    return Task::backlog;
  }
  if (!has_facts()) {
    is_idle_ = true;
    bool has_come = true;
    if (backlog == Backlog::none) {
      arrived_.wait(lock, has_facts);
    } else {
      has_come = arrived_.wait_for(lock, options_.pause, has_facts);
    }
    is_idle_ = false;
    if (!has_come) return Task::backlog;
  }
  // A little patience makes one transaction of many commits.
  arrived_.wait_for(lock, options_.gather, [this] {
    return is_stopping_ || is_behind_ || waiters_ > 0 || queue_.size() >= options_.batch_facts;
  });
  return is_stopping_ ? Task::stop : Task::step;
}

Result<void> ViewWriter::work_on_backlog() {
  auto worked = repository_.work_on_backlog();
  const std::scoped_lock lock(mutex_);
  if (worked) {
    trouble_.reset();
  } else if (worked.error().code == ErrorCode::corrupt) {
    is_rebuild_due_ = true;
    is_behind_ = true;
  }
  return worked;
}

Result<void> ViewWriter::step() {
  bool is_behind = false;
  {
    const std::scoped_lock lock(mutex_);
    is_behind = is_behind_;
  }
  auto result = is_behind ? step_from_store() : step_from_queue();
  if (result) return result;
  // The facts taken from the queue are gone, but the store has them.
  const std::scoped_lock lock(mutex_);
  is_behind_ = true;
  queue_.clear();
  queue_bytes_ = 0;
  return result;
}

Result<void> ViewWriter::step_from_store() {
  bool is_rebuild_due = false;
  {
    const std::scoped_lock lock(mutex_);
    is_rebuild_due = is_rebuild_due_;
  }
  if (is_rebuild_due) {
    if (auto begun = begin_anew(); !begun) return begun;
  }
  if (!has_checked_) {
    if (auto filled = fill_gap(); !filled) return filled;
    has_checked_ = true;
  }
  JournalPosition target;
  {
    const std::scoped_lock lock(mutex_);
    target = released_;
  }
  auto facts = store_.facts_after(Topic::task_events, repository_.applied(), options_.batch_facts);
  if (!facts) return std::unexpected(std::move(facts.error()));
  if (!facts->empty()) {
    if (auto applied = apply(*facts); !applied) return applied;
  }
  // Fewer than asked for means that these were all, at least up to the target, which was known
  // before the store was asked. If more was released since, the queue did not take it.
  const bool was_all = facts->size() < options_.batch_facts;
  const std::scoped_lock lock(mutex_);
  if (was_all && released_ == target) {
    is_behind_ = false;
    applied_at_ = std::max(applied_at_, released_at_);
  }
  note_caught_up(was_all ? target : repository_.applied());
  return {};
}

Result<void> ViewWriter::step_from_queue() {
  std::vector<FactRecord> facts;
  JournalPosition target;
  {
    const std::scoped_lock lock(mutex_);
    if (is_behind_) return {};  // It overflowed just now: what it had is only in the store.
    facts.swap(queue_);
    queue_bytes_ = 0;
    target = released_;
  }
  for (std::size_t begin = 0; begin < facts.size(); begin += options_.batch_facts) {
    const std::size_t count = std::min(options_.batch_facts, facts.size() - begin);
    auto applied = apply(std::span(facts).subspan(begin, count));
    if (!applied) return applied;
    const std::scoped_lock lock(mutex_);
    note_caught_up(repository_.applied());
  }
  const std::scoped_lock lock(mutex_);
  note_caught_up(target);
  return {};
}

Result<void> ViewWriter::apply(std::span<const FactRecord> facts) {
  auto applied = repository_.apply(facts);
  if (applied) {
    const std::scoped_lock lock(mutex_);
    applied_at_ = std::max(applied_at_, facts.back().at);
  } else if (applied.error().code == ErrorCode::corrupt) {
    const std::scoped_lock lock(mutex_);
    is_rebuild_due_ = true;
  }
  return applied;
}

Result<void> ViewWriter::begin_anew() {
  if (auto rebuilt = repository_.rebuild(); !rebuilt) return rebuilt;
  has_checked_ = false;
  const std::scoped_lock lock(mutex_);
  is_rebuild_due_ = false;
  caught_up_ = JournalPosition{};
  applied_at_ = Instant{};
  return {};
}

// Fills the views from snapshots when the store no longer has the facts they lack.
Result<void> ViewWriter::fill_gap() {
  const StoreMark mark = store_.mark();
  const bool has_facts = repository_.applied().value() + 1 >= mark.journal_from.value();
  if (has_facts || !options_.snapshots) return {};
  // What happened in the gap is unknown, also which tasks went away.
  if (auto begun = begin_anew(); !begun) return begun;
  return options_.snapshots(
      [this](std::span<const TaskSnapshot> tasks) { return repository_.restore(tasks); });
}

void ViewWriter::note_caught_up(JournalPosition position) {
  caught_up_ = std::max(caught_up_, position);
  note_press();
  trouble_.reset();
  advanced_.notify_all();
}

void ViewWriter::note_trouble(const Error& error) {
  {
    const std::scoped_lock lock(mutex_);
    trouble_ = error;
  }
  if (options_.on_error) options_.on_error(error);
}

}  // namespace carillon
