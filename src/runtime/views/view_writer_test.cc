#include "runtime/views/view_writer.h"

#include <atomic>
#include <string>

#include <gtest/gtest.h>

namespace carillon {
namespace {

constexpr std::chrono::seconds kLongEnough{30};

FactRecord fact_at(std::uint64_t position, Topic topic = Topic::task_events) {
  FactRecord fact;
  fact.position = JournalPosition{position};
  fact.at = Instant::from_unix_ms(static_cast<std::int64_t>(position) * 1000);
  fact.topic = topic;
  fact.payload = "fact " + std::to_string(position);
  return fact;
}

// A store that only has facts.
class FakeStore final : public EngineStore {
 public:
  void add(const FactRecord& fact) {
    const std::scoped_lock lock(mutex_);
    facts_.push_back(fact);
  }
  void forget_to(std::uint64_t position) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(facts_, [&](const FactRecord& f) { return f.position.value() <= position; });
    from_ = position + 1;
  }
  std::atomic<int> failures = 0;  // Reads that fail before one succeeds.
  mutable std::atomic<int> reads = 0;

  [[nodiscard]] StoreMark mark() const override {
    const std::scoped_lock lock(mutex_);
    StoreMark mark;
    mark.journal_from = JournalPosition{from_};
    if (!facts_.empty()) mark.last_position = facts_.back().position;
    return mark;
  }
  Result<std::vector<FactRecord>> facts_after(Topic topic, JournalPosition from,
                                              std::size_t limit) const override {
    const std::scoped_lock lock(mutex_);
    ++reads;
    if (failures > 0) {
      --const_cast<FakeStore*>(this)->failures;
      return fail(ErrorCode::io_failed, "the disk has a bad day");
    }
    std::vector<FactRecord> found;
    for (const FactRecord& fact : facts_) {
      if (fact.topic == topic && fact.position > from && found.size() < limit)
        found.push_back(fact);
    }
    return found;
  }

  Result<void> reopen() override { return {}; }
  Result<void> commit(const EngineBatch&) override { return {}; }
  Result<std::optional<Bytes>> get(const StateKey&) const override { return std::nullopt; }
  Result<std::vector<std::optional<Bytes>>> get_together(
      OperatorName, std::string_view, std::span<const std::uint64_t>) const override {
    return std::vector<std::optional<Bytes>>{};
  }
  Result<std::vector<Key>> keys_of(OperatorName) const override { return std::vector<Key>{}; }
  Result<void> scan_state(
      OperatorName, std::string_view,
      const std::function<bool(const StateKey&, std::string_view)>&) const override {
    return {};
  }
  Result<void> scan_wake_ups(const std::function<void(const WakeUp&)>&) const override {
    return {};
  }
  Result<std::vector<JournalRecord>> journal_after(JournalPosition, std::size_t) const override {
    return std::vector<JournalRecord>{};
  }
  Result<std::vector<DeadLetter>> dead_letters(std::size_t) const override {
    return std::vector<DeadLetter>{};
  }
  Result<std::optional<Bytes>> get_blob(std::string_view) const override { return std::nullopt; }
  Result<void> put_blob(std::string_view, std::string_view) override { return {}; }
  Result<void> forget_until(JournalPosition) override { return {}; }

 private:
  mutable std::mutex mutex_;
  std::vector<FactRecord> facts_;
  std::uint64_t from_ = 1;
};

// A repository that remembers which facts it was given.
class FakeRepository final : public TaskRepository {
 public:
  std::atomic<bool> is_corrupt = false;
  std::atomic<int> failures = 0;
  std::atomic<int> rebuilds = 0;
  std::atomic<int> restored = 0;
  std::atomic<std::size_t> largest_batch = 0;

  std::vector<std::uint64_t> positions() const {
    const std::scoped_lock lock(mutex_);
    return positions_;
  }
  // While it is held, apply does not get on.
  std::mutex& gate() { return gate_; }

  Result<void> apply(std::span<const FactRecord> facts) override {
    const std::scoped_lock entering(gate_);
    const std::scoped_lock lock(mutex_);
    if (is_corrupt) return fail(ErrorCode::corrupt, "damaged");
    if (failures > 0) {
      --failures;
      return fail(ErrorCode::storage_full, "full");
    }
    largest_batch = std::max(largest_batch.load(), facts.size());
    for (const FactRecord& fact : facts) {
      if (on_progress_) on_progress_();
      if (fact.position.value() <= applied_) continue;
      applied_ = fact.position.value();
      positions_.push_back(applied_);
    }
    return {};
  }
  void on_progress(std::function<void()> called) override { on_progress_ = std::move(called); }
  Result<void> restore(std::span<const TaskSnapshot> tasks) override {
    restored += static_cast<int>(tasks.size());
    return {};
  }
  [[nodiscard]] JournalPosition applied() const override { return JournalPosition{applied_}; }
  Result<void> rebuild() override {
    const std::scoped_lock lock(mutex_);
    ++rebuilds;
    is_corrupt = false;
    applied_ = 0;
    positions_.clear();
    return {};
  }
  std::atomic<int> backlog_pieces = 0;   // Pieces of put-off work that are left.
  std::atomic<int> backlog_limit = 100;  // More than that is a large backlog.
  std::atomic<int> backlog_failures = 0;
  [[nodiscard]] Backlog backlog() const override {
    if (backlog_pieces == 0) return Backlog::none;
    return backlog_pieces > backlog_limit ? Backlog::large : Backlog::small;
  }
  Result<void> work_on_backlog() override {
    const std::scoped_lock lock(mutex_);
    if (is_corrupt) return fail(ErrorCode::corrupt, "damaged");
    if (backlog_failures > 0) {
      --backlog_failures;
      return fail(ErrorCode::storage_full, "full");
    }
    --backlog_pieces;
    return {};
  }
  Result<Page<TaskSnapshot>> list_tasks(const TaskQuery&) const override {
    return Page<TaskSnapshot>{};
  }
  Result<Page<RunListItem>> list_runs(const RunQuery&) const override {
    return Page<RunListItem>{};
  }
  Result<std::optional<RunListItem>> find_run(const RunId&) const override { return std::nullopt; }
  Result<Page<TaskEventRef>> list_task_events(const TaskId&, const PageRequest&) const override {
    return Page<TaskEventRef>{};
  }
  Result<Page<SlotRow>> list_slots(const TaskId&, const PageRequest&) const override {
    return Page<SlotRow>{};
  }
  Result<TaskCounts> count_tasks() const override { return TaskCounts{}; }
  Result<std::uint64_t> prune_history(Instant, std::uint32_t) override { return 0; }

 private:
  std::function<void()> on_progress_;
  std::mutex gate_;
  mutable std::mutex mutex_;
  std::vector<std::uint64_t> positions_;
  std::atomic<std::uint64_t> applied_ = 0;
};

class ViewWriterTest : public testing::Test {
 protected:
  void commit(const FactRecord& fact) {
    store_.add(fact);
    if (writer_) writer_->release(std::span(&fact, 1));
  }
  void commit_range(std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t position = first; position <= last; ++position) commit(fact_at(position));
  }
  void start(ViewWriterOptions options = {}) {
    options.retry = std::chrono::milliseconds(1);
    writer_.emplace(store_, repository_, std::move(options));
    writer_->start();
  }
  void expect_applied(std::uint64_t first, std::uint64_t last) {
    const auto waited = writer_->wait_for(JournalPosition{last}, kLongEnough);
    ASSERT_TRUE(waited.has_value()) << waited.error().message;
    std::vector<std::uint64_t> expected;
    for (std::uint64_t position = first; position <= last; ++position) expected.push_back(position);
    EXPECT_EQ(repository_.positions(), expected);
  }

  FakeStore store_;
  FakeRepository repository_;
  std::optional<ViewWriter> writer_;
};

TEST_F(ViewWriterTest, takes_what_was_committed_before_the_start_from_the_store) {
  commit_range(1, 100);
  start();
  expect_applied(1, 100);
}

TEST_F(ViewWriterTest, takes_what_is_released_from_memory) {
  commit_range(1, 3);
  start();
  expect_applied(1, 3);
  const int reads = store_.reads;
  commit_range(4, 50);
  expect_applied(1, 50);
  EXPECT_EQ(store_.reads, reads);
}

TEST_F(ViewWriterTest, returns_to_the_store_when_the_queue_overflows) {
  start({.queue_facts = 5, .snapshots = {}, .on_error = {}});
  ASSERT_TRUE(writer_->wait_for(JournalPosition{0}, kLongEnough).has_value());
  {
    const std::scoped_lock holding_up(repository_.gate());
    commit_range(1, 200);
  }
  expect_applied(1, 200);
  commit_range(201, 300);
  expect_applied(1, 300);
}

TEST_F(ViewWriterTest, overflows_by_bytes_too) {
  start({.queue_bytes = 10, .snapshots = {}, .on_error = {}});
  commit_range(1, 50);
  expect_applied(1, 50);
}

TEST_F(ViewWriterTest, bounds_its_transactions) {
  commit_range(1, 50);
  start({.batch_facts = 7, .snapshots = {}, .on_error = {}});
  commit_range(51, 100);
  expect_applied(1, 100);
  EXPECT_LE(repository_.largest_batch, 7U);
}

TEST_F(ViewWriterTest, makes_one_transaction_of_the_commits_that_come_close_together) {
  commit(fact_at(1));
  start({.gather = std::chrono::hours(1), .snapshots = {}, .on_error = {}});
  expect_applied(1, 1);
  commit_range(2, 21);
  // Whoever waits ends the gathering; nobody else would within this test.
  expect_applied(1, 21);
  EXPECT_EQ(repository_.largest_batch, 20U);
}

TEST_F(ViewWriterTest, gathers_no_longer_once_a_batch_is_full) {
  commit(fact_at(1));
  start({.batch_facts = 10, .gather = std::chrono::hours(1), .snapshots = {}, .on_error = {}});
  expect_applied(1, 1);
  commit_range(2, 11);
  while (repository_.positions().size() < 11) std::this_thread::yield();
  commit_range(12, 13);
  EXPECT_EQ(repository_.positions().size(), 11U);
  expect_applied(1, 13);
}

TEST_F(ViewWriterTest, catches_up_with_facts_of_other_topics_without_applying_them) {
  start();
  commit(fact_at(1));
  commit(fact_at(2, Topic::task_responses));
  ASSERT_TRUE(writer_->wait_for(JournalPosition{2}, kLongEnough).has_value());
  EXPECT_EQ(repository_.positions(), std::vector<std::uint64_t>{1});
  EXPECT_EQ(writer_->lag().positions, 0U);
}

TEST_F(ViewWriterTest, says_when_the_wait_was_too_short) {
  start();
  const auto waited = writer_->wait_for(JournalPosition{9}, std::chrono::milliseconds(1));
  ASSERT_FALSE(waited.has_value());
  EXPECT_EQ(waited.error().code, ErrorCode::timed_out);
}

TEST_F(ViewWriterTest, ends_every_wait_when_it_stops) {
  start();
  std::atomic<bool> has_begun = false;
  Result<void> waited;
  std::thread waiter([&] {
    has_begun = true;
    waited = writer_->wait_for(JournalPosition{9}, kLongEnough);
  });
  while (!has_begun) std::this_thread::yield();
  writer_->stop();
  waiter.join();
  ASSERT_FALSE(waited.has_value());
  EXPECT_EQ(waited.error().code, ErrorCode::shutting_down);
}

TEST_F(ViewWriterTest, reports_how_far_behind_it_is) {
  start();
  commit(fact_at(1));
  expect_applied(1, 1);
  {
    const std::scoped_lock holding_up(repository_.gate());
    commit_range(2, 11);
    const ViewLag lag = writer_->lag();
    EXPECT_EQ(lag.positions, 10U);
    EXPECT_EQ(lag.age, Duration::seconds(9));  // From the second fact to the eleventh.
  }
  expect_applied(1, 11);
  EXPECT_EQ(writer_->lag().age, Duration{});
}

TEST_F(ViewWriterTest, lets_others_run_between_facts_unless_it_is_far_behind) {
  std::atomic<int> calls = 0;
  start({.gather = std::chrono::milliseconds(1), .let_others_run = [&] { ++calls; }});
  const auto await_positions = [&](std::size_t count) {
    while (repository_.positions().size() < count) std::this_thread::yield();
  };
  commit(fact_at(1));
  await_positions(1);
  EXPECT_EQ(calls, 1);
  {
    const std::scoped_lock holding_up(repository_.gate());
    commit_range(2, 11);  // A second each.
  }
  await_positions(11);
  EXPECT_EQ(calls, 1);
}

TEST_F(ViewWriterTest, lets_nobody_else_run_while_somebody_waits_for_it) {
  commit(fact_at(1));
  std::atomic<int> calls = 0;
  start({.gather = std::chrono::hours(1), .let_others_run = [&] { ++calls; }});
  expect_applied(1, 1);
  calls = 0;
  commit(fact_at(2));
  expect_applied(1, 2);  // Only this wait makes it apply anything.
  EXPECT_EQ(calls, 0);
}

TEST_F(ViewWriterTest, rests_no_longer_when_somebody_waits_for_it) {
  commit(fact_at(1));
  // It would rest for 5 ms after each fact.
  start({.gather = std::chrono::milliseconds(0),
         .let_others_run = [] {},
         .share_min = 1e-9,
         .behind_max = Duration::seconds(1'000'000'000'000),
         .engine_idle = std::chrono::hours(1)});
  expect_applied(1, 1);
  {
    const std::scoped_lock holding_up(repository_.gate());
    commit_range(2, 8'001);
  }
  expect_applied(1, 8'001);
}

TEST_F(ViewWriterTest, is_not_behind_by_the_time_in_which_nothing_happened) {
  commit(fact_at(1));
  start({.gather = std::chrono::hours(1), .snapshots = {}, .on_error = {}});
  expect_applied(1, 1);
  commit(fact_at(3600));
  EXPECT_EQ(writer_->lag().age, Duration{});
  commit(fact_at(3602));
  EXPECT_EQ(writer_->lag().age, Duration::seconds(2));
}

TEST_F(ViewWriterTest, tries_again_after_an_error_of_either_store) {
  store_.failures = 2;
  repository_.failures = 2;
  commit_range(1, 10);
  std::atomic<int> errors = 0;
  start({.snapshots = {}, .on_error = [&](const Error&) { ++errors; }});
  expect_applied(1, 10);
  EXPECT_EQ(errors, 4);
  commit_range(11, 12);
  repository_.failures = 1;
  expect_applied(1, 12);
  EXPECT_EQ(writer_->trouble(), std::nullopt);
}

TEST_F(ViewWriterTest, rebuilds_a_damaged_view_from_the_first_fact) {
  commit_range(1, 20);
  start();
  expect_applied(1, 20);
  repository_.is_corrupt = true;
  commit_range(21, 22);
  expect_applied(1, 22);
  EXPECT_EQ(repository_.rebuilds, 1);
}

TEST_F(ViewWriterTest, rebuilds_when_it_is_asked_to) {
  commit_range(1, 20);
  start();
  expect_applied(1, 20);
  writer_->rebuild();
  commit_range(21, 22);
  while (repository_.rebuilds == 0) std::this_thread::yield();
  expect_applied(1, 22);
}

TEST_F(ViewWriterTest, fills_an_empty_view_from_snapshots_when_the_first_facts_are_gone) {
  commit_range(1, 20);
  store_.forget_to(10);
  start({.snapshots =
             [](const auto& visit) {
               const std::vector<TaskSnapshot> tasks(3);
               return visit(tasks);
             },
         .on_error = {}});
  expect_applied(11, 20);
  EXPECT_EQ(repository_.restored, 3);
}

TEST_F(ViewWriterTest, needs_no_snapshots_when_the_facts_are_there) {
  commit_range(1, 10);
  start({.snapshots = [](const auto&) -> Result<void> {
           return fail(ErrorCode::internal, "not needed");
         },
         .on_error = {}});
  expect_applied(1, 10);
}

TEST_F(ViewWriterTest, does_what_the_repository_has_put_off_while_no_facts_come) {
  repository_.backlog_pieces = 3;
  start({.pause = std::chrono::milliseconds(1), .snapshots = {}, .on_error = {}});
  while (repository_.backlog_pieces > 0) std::this_thread::yield();
  commit_range(1, 5);
  expect_applied(1, 5);
}

TEST_F(ViewWriterTest, leaves_a_small_backlog_for_later_and_works_on_a_large_one) {
  repository_.backlog_pieces = 9;
  repository_.backlog_limit = 4;
  start({.pause = std::chrono::hours(1), .snapshots = {}, .on_error = {}});
  commit_range(1, 5);
  expect_applied(1, 5);
  while (repository_.backlog_pieces > 4) std::this_thread::yield();
  commit(fact_at(6));
  expect_applied(1, 6);
  EXPECT_EQ(repository_.backlog_pieces, 4);
}

TEST_F(ViewWriterTest, keeps_nobody_waiting_for_all_of_a_large_backlog) {
  repository_.backlog_pieces = 5'000'000;
  repository_.backlog_limit = 4;
  start({.pause = std::chrono::hours(1)});
  commit_range(1, 5);
  expect_applied(1, 5);
  EXPECT_GT(repository_.backlog_pieces, 4);
  repository_.backlog_pieces = 0;
}

TEST_F(ViewWriterTest, tries_what_was_put_off_again_after_an_error) {
  repository_.backlog_pieces = 1;
  repository_.backlog_failures = 2;
  std::atomic<int> errors = 0;
  start({.pause = std::chrono::milliseconds(1), .snapshots = {}, .on_error = [&](const Error&) {
           ++errors;
         }});
  while (repository_.backlog_pieces > 0) std::this_thread::yield();
  EXPECT_EQ(errors, 2);
  commit_range(1, 1);
  expect_applied(1, 1);
  EXPECT_EQ(writer_->trouble(), std::nullopt);
}

TEST_F(ViewWriterTest, rebuilds_a_view_whose_damage_shows_in_the_work_put_off) {
  commit_range(1, 20);
  start({.pause = std::chrono::milliseconds(1), .snapshots = {}, .on_error = {}});
  expect_applied(1, 20);
  repository_.is_corrupt = true;
  repository_.backlog_pieces = 1;
  commit_range(21, 22);
  while (repository_.rebuilds == 0) std::this_thread::yield();
  expect_applied(1, 22);
}

TEST_F(ViewWriterTest, goes_on_where_it_was_after_a_stop) {
  start();
  commit_range(1, 5);
  expect_applied(1, 5);
  writer_->stop();
  commit_range(6, 9);
  writer_->start();
  expect_applied(1, 9);
}

}  // namespace
}  // namespace carillon
