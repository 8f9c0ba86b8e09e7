// The engine on its two threads, with real time; waits are for conditions, each with a bound.
#include "runtime/engine/engine_thread.h"

#include <future>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/system/system_clock.h"
#include "tests/sim/gated_engine_store.h"
#include "tests/sim/script_operator.h"

namespace carillon {
namespace {

constexpr auto kTasks = OperatorName::task_scheduler;
constexpr auto kPatience = std::chrono::seconds(20);

class WaitingSink final : public EffectSink {
 public:
  void release(std::span<const FactRecord> facts) override {
    const std::lock_guard lock(mutex_);
    for (const FactRecord& fact : facts) texts_.push_back(fact.payload);
    moved_.notify_all();
  }
  bool await(std::size_t count) {
    std::unique_lock lock(mutex_);
    return moved_.wait_for(lock, kPatience, [&] { return texts_.size() >= count; });
  }
  std::vector<std::string> texts() {
    const std::lock_guard lock(mutex_);
    return texts_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable moved_;
  std::vector<std::string> texts_;
};

using Told = std::future<Result<Answered>>;

class EngineThreadTest : public testing::Test {
 protected:
  void open(std::size_t inline_records = 32) {
    auto opened = EngineThread::open({.store = store_,
                                      .sink = sink_,
                                      .clock = clock_,
                                      .operators = make_operators(make_script_operator),
                                      .inline_records = inline_records});
    ASSERT_TRUE(opened);
    thread_ = std::move(*opened);
  }

  Told submit(std::string script, std::string key = "k") {
    auto promise = std::make_shared<std::promise<Result<Answered>>>();
    auto told = promise->get_future();
    auto taken = thread_->intake().submit({.to = kTasks,
                                           .type = RecordType::update_task,
                                           .key = std::move(key),
                                           .payload = std::move(script),
                                           .completion = [promise](Result<Answered> result) {
                                             promise->set_value(std::move(result));
                                           }});
    if (!taken) promise->set_value(fail(std::move(taken.error())));
    return told;
  }

  static Result<Answered> await(Told& told) {
    if (told.wait_for(kPatience) != std::future_status::ready) {
      return fail(ErrorCode::timed_out, "nobody was told");
    }
    return told.get();
  }

  // Asks again and again until it is answered, as a client that retries does.
  bool answered_in_the_end(const std::string& script) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < until) {
      Told told = submit(script);
      if (await(told)) return true;
      std::this_thread::yield();
    }
    return false;
  }

  GatedEngineStore store_;
  SystemClock clock_;
  WaitingSink sink_;
  std::unique_ptr<EngineThread> thread_;
};

TEST_F(EngineThreadTest, answers_after_the_commit) {
  open();
  thread_->start();
  Told told = submit("add 3\nanswer sum");
  const auto answered = await(told);
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->answers.front().payload, "sum 3");
  EXPECT_EQ(store_.with_disk([](SimDisk& disk) { return disk.journal.size(); }), 1U);
}

TEST_F(EngineThreadTest, tells_nothing_while_the_commit_waits_and_groups_what_comes_meanwhile) {
  open(0);
  store_.close_gate();
  thread_->start();
  Told first = submit("add 1\nfact first");
  store_.await_commit_at_gate();
  std::vector<Told> others;
  for (int i = 0; i < 100; ++i) others.push_back(submit("add 1"));
  EXPECT_EQ(first.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  EXPECT_TRUE(sink_.texts().empty());
  store_.open_gate();
  ASSERT_TRUE(await(first));
  for (Told& told : others) ASSERT_TRUE(await(told));
  // The first, what was stepped behind it, and what was left in turns of 32.
  EXPECT_LE(store_.with_disk([](SimDisk& disk) { return disk.commits; }), 6U);
  Told sum = submit("answer sum");
  EXPECT_EQ(await(sum)->answers.front().payload, "sum 101");
}

TEST_F(EngineThreadTest, wakes_keys_by_itself) {
  open();
  thread_->start();
  const std::string soon = std::to_string(clock_.wall().unix_ms() + 30);
  Told told = submit("wake " + soon);
  ASSERT_TRUE(await(told));
  ASSERT_TRUE(sink_.await(1));
  EXPECT_THAT(sink_.texts().front(), testing::StartsWith("due " + soon));
}

TEST_F(EngineThreadTest, commits_all_it_has_taken_before_it_stops) {
  open();
  std::vector<Told> all;
  for (int i = 0; i < 5000; ++i) all.push_back(submit("add 1"));
  thread_->start();
  thread_->stop();
  for (Told& told : all) EXPECT_TRUE(await(told));
  Told late = submit("add 1");
  EXPECT_EQ(await(late).error().code, ErrorCode::shutting_down);
  EXPECT_EQ(thread_->gauges().state, EngineState::stopped);
}

TEST_F(EngineThreadTest, takes_inputs_of_many_threads_and_loses_none) {
  open();
  thread_->start();
  std::vector<std::thread> clients;
  std::atomic<int> answered = 0;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([&, client] {
      for (int i = 0; i < 200; ++i) {
        Told told = submit("add 1", "k" + std::to_string(client));
        if (await(told)) ++answered;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 800);
  for (int client = 0; client < 4; ++client) {
    Told told = submit("answer sum", "k" + std::to_string(client));
    EXPECT_EQ(await(told)->answers.front().payload, "sum 200");
  }
}

TEST_F(EngineThreadTest, refuses_while_the_disk_is_full_and_goes_on_without_a_restart) {
  open();
  thread_->start();
  store_.with_disk([](SimDisk& disk) { disk.full = true; });
  Told told = submit("add 1");
  EXPECT_EQ(await(told).error().code, ErrorCode::storage_full);
  Told while_stalled = submit("add 1");
  EXPECT_EQ(await(while_stalled).error().code, ErrorCode::storage_full);
  EXPECT_EQ(thread_->stalled_by()->code, ErrorCode::storage_full);
  store_.with_disk([](SimDisk& disk) { disk.full = false; });
  EXPECT_TRUE(answered_in_the_end("add 1\nanswer sum"));
  EXPECT_FALSE(thread_->stalled_by());
  EXPECT_EQ(thread_->gauges().commits_failed, 1U);
}

TEST_F(EngineThreadTest, stops_while_it_is_stalled_and_tells_everybody) {
  open();
  thread_->start();
  store_.with_disk([](SimDisk& disk) { disk.full = true; });
  Told told = submit("add 1");
  EXPECT_FALSE(await(told));
  auto promise = std::make_shared<std::promise<Result<Answered>>>();
  Told kept = promise->get_future();
  ASSERT_TRUE(thread_->intake().submit({.to = kTasks,
                                        .type = RecordType::attempt_finished,
                                        .input_class = InputClass::kept,
                                        .key = "k",
                                        .payload = "add 1",
                                        .completion = [promise](Result<Answered> result) {
                                          promise->set_value(std::move(result));
                                        }}));
  thread_->stop();
  EXPECT_EQ(await(kept).error().code, ErrorCode::shutting_down);
}

}  // namespace
}  // namespace carillon
