#include "executors/task_execution_service.h"

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <mutex>

#include <gtest/gtest.h>

#include "executors/net/transfer_engine.h"
#include "executors/registry.h"
#include "executors/testing/type_harness.h"

namespace carillon {
namespace {

using testing::eventually;

class FakeReports final : public AttemptReports {
 public:
  void progress(const TaskId&, AttemptProgress progress) override {
    const std::scoped_lock lock(mutex_);
    notes_.push_back(progress.note);
  }
  void finished(const TaskId&, AttemptFinished finished) override {
    const std::scoped_lock lock(mutex_);
    finished_.emplace(finished.fence.value(), finished);
    ++count_;
  }
  void offer(const QueueName&, WorkerCredit) override {}

  // Waits for the report of a fence.
  AttemptFinished wait(std::uint64_t fence) {
    EXPECT_TRUE(eventually([&] { return has(fence); })) << "no report of fence " << fence;
    const std::scoped_lock lock(mutex_);
    return finished_.contains(fence) ? finished_.at(fence) : AttemptFinished{};
  }
  bool has(std::uint64_t fence) {
    const std::scoped_lock lock(mutex_);
    return finished_.contains(fence);
  }
  std::size_t count() {
    const std::scoped_lock lock(mutex_);
    return count_;
  }
  std::vector<std::string> notes() {
    const std::scoped_lock lock(mutex_);
    return notes_;
  }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, AttemptFinished> finished_;
  std::size_t count_ = 0;
  std::vector<std::string> notes_;
};

// Types whose handlers do what a test says, on each lane.
class Service : public ::testing::Test {
 protected:
  Service() {
    add("cpu_type", Lane::cpu, [this](AttemptContext& context) { return cpu(context); });
    add("blocking_type", Lane::blocking,
        [this](AttemptContext& context) { return blocking(context); });
    types.add({.info = {.name = "http_type", .lane = Lane::http, .parameter_schema = kAnything},
               .handler = [this](const std::shared_ptr<AttemptContext>& context,
                                 Conclude conclude) { http(context, std::move(conclude)); }});
  }

  void add(std::string_view name, Lane lane, RunHandler handler) {
    types.add({.info = {.name = name, .lane = lane, .parameter_schema = kAnything},
               .handler = std::move(handler)});
  }

  TaskExecutionService& service(LaneOptions lanes = {.cpu_threads = 2}) {
    if (!service_) {
      service_ = std::make_unique<TaskExecutionService>(ExecutionPorts{.types = types,
                                                                       .transfers = transfers,
                                                                       .reports = reports,
                                                                       .logs = logs,
                                                                       .clock = clock},
                                                        lanes);
    }
    return *service_;
  }

  [[nodiscard]] AttemptDispatched attempt(std::string_view type, std::uint64_t fence) const {
    AttemptDispatched dispatched;
    dispatched.attempt.run.number = static_cast<std::uint32_t>(fence);
    dispatched.attempt.number = 1;
    dispatched.fence = Fence{fence};
    dispatched.type = type;
    dispatched.name = "probe";
    dispatched.deadline = clock.wall() + Duration::minutes(5);
    return dispatched;
  }

  static AttemptStopRequested stop_of(const AttemptDispatched& dispatched,
                                      Duration grace = Duration::minutes(5)) {
    return {.attempt = dispatched.attempt,
            .fence = dispatched.fence,
            .reason = "cancelled by test",
            .grace = grace};
  }

  static constexpr std::string_view kAnything =
      R"({"type": "object", "properties": {"text": {"type": "string"}}})";

  FakeReports reports;
  testing::FakeLogs logs;
  testing::RealClock clock;
  TypeRegistry types;
  TransferEngine transfers{AddressGuard{}};
  std::function<AttemptEnding(AttemptContext&)> cpu;
  std::function<AttemptEnding(AttemptContext&)> blocking;
  std::function<void(const std::shared_ptr<AttemptContext>&, Conclude)> http;
  std::unique_ptr<TaskExecutionService> service_;  // Last: it ends first.
};

AttemptEnding until_stopped(AttemptContext& context) {
  return context.stop().wait_for(Duration::minutes(5)) ? AttemptEnding(Cancelled{})
                                                       : AttemptEnding(Completed{});
}

TEST_F(Service, reports_a_result) {
  cpu = [](AttemptContext& context) -> AttemptEnding {
    context.log(LogStream::out, "hello\x1b[2J");
    return Completed{boost::json::object{{"text", *context.parameters().if_contains("text")}}};
  };
  auto dispatched = attempt("cpu_type", 1);
  dispatched.parameters = JsonText(R"({"type":"cpu_type","text":"{{task.name}} {{inputs.a.b}}"})");
  dispatched.inputs = JsonText(R"({"a":{"b":7}})");
  service().start(dispatched);
  const AttemptFinished report = reports.wait(1);
  EXPECT_EQ(report.kind, FinishKind::completed);
  EXPECT_EQ(report.outcome.result.text(), R"({"text":"probe 7"})");
  EXPECT_EQ(logs.text(LogStream::out), "hello\\u001b[2J\n");
}

TEST_F(Service, fails_an_unknown_type_and_wrong_parameters_for_good) {
  service().start(attempt("no_such_type", 1));
  EXPECT_EQ(reports.wait(1).kind, FinishKind::failed_for_good);
  EXPECT_EQ(reports.wait(1).outcome.error_code, "unknown-task-type");
  auto wrong = attempt("cpu_type", 2);
  wrong.parameters = JsonText(R"({"text":5})");
  service().start(wrong);
  EXPECT_EQ(reports.wait(2).kind, FinishKind::failed_for_good);
  EXPECT_EQ(reports.wait(2).outcome.error_code, "invalid-parameters");
}

TEST_F(Service, turns_an_exception_into_a_failure) {
  cpu = [](AttemptContext&) -> AttemptEnding { throw std::runtime_error("out of luck"); };
  http = [](const auto&, const Conclude&) { throw std::runtime_error("out of luck"); };
  service().start(attempt("cpu_type", 1));
  service().start(attempt("http_type", 2));
  for (const std::uint64_t fence : {1U, 2U}) {
    EXPECT_EQ(reports.wait(fence).kind, FinishKind::failed);
    EXPECT_EQ(reports.wait(fence).outcome.error_code, "internal");
    EXPECT_EQ(reports.wait(fence).outcome.error_message, "out of luck");
  }
}

TEST_F(Service, takes_a_repeated_dispatch_once) {
  std::atomic<int> runs{0};
  cpu = [&](AttemptContext& context) {
    ++runs;
    return until_stopped(context);
  };
  const auto dispatched = attempt("cpu_type", 1);
  service().start(dispatched);
  service().start(dispatched);
  EXPECT_TRUE(eventually([&] { return runs == 1; }));
  service().stop(stop_of(dispatched));
  reports.wait(1);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(reports.count(), 1U);
}

TEST_F(Service, never_begins_an_attempt_that_was_stopped_while_it_waited) {
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  std::atomic<int> begun{0};
  cpu = [&](AttemptContext&) -> AttemptEnding {
    ++begun;
    gate.wait();
    return Completed{};
  };
  service({.cpu_threads = 1}).start(attempt("cpu_type", 1));
  EXPECT_TRUE(eventually([&] { return begun == 1; }));
  const auto waiting = attempt("cpu_type", 2);
  service().start(waiting);
  service().stop(stop_of(waiting));
  EXPECT_EQ(reports.wait(2).kind, FinishKind::cancelled);  // While the lane is still full.
  open.set_value();
  reports.wait(1);
  service().drain(Duration::minutes(1), Duration{});
  EXPECT_EQ(begun, 1);
}

TEST_F(Service, asks_a_running_handler_to_stop) {
  std::atomic<bool> begun{false};
  blocking = [&](AttemptContext& context) {
    begun = true;
    return until_stopped(context);
  };
  const auto dispatched = attempt("blocking_type", 1);
  service().start(dispatched);
  EXPECT_TRUE(eventually([&] { return begun.load(); }));
  service().stop(stop_of(dispatched));
  EXPECT_EQ(reports.wait(1).kind, FinishKind::cancelled);
  EXPECT_EQ(reports.wait(1).outcome.error_message, "cancelled by test");
}

TEST_F(Service, ignores_a_stop_with_another_fence) {
  std::promise<void> open;
  cpu = [&](AttemptContext& context) -> AttemptEnding {
    open.get_future().wait();
    return context.stop().asked() ? AttemptEnding(Cancelled{}) : AttemptEnding(Completed{});
  };
  const auto dispatched = attempt("cpu_type", 1);
  service().start(dispatched);
  auto stale = stop_of(dispatched);
  stale.fence = Fence{9};
  service().stop(stale);
  open.set_value();
  EXPECT_EQ(reports.wait(1).kind, FinishKind::completed);
}

TEST_F(Service, gives_up_a_handler_that_ignores_force_and_drops_its_late_result) {
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  std::atomic<int> begun{0};
  cpu = [&](AttemptContext&) -> AttemptEnding {
    if (++begun == 1) gate.wait();
    return Completed{};
  };
  const auto dispatched = attempt("cpu_type", 1);
  service({.cpu_threads = 1}).start(dispatched);
  EXPECT_TRUE(eventually([&] { return begun == 1; }));
  service().stop(stop_of(dispatched, Duration{}));
  EXPECT_EQ(reports.wait(1).kind, FinishKind::cancelled);
  EXPECT_EQ(service().counts().abandoned, 1U);
  // The only thread is stuck, and another attempt runs all the same.
  service().start(attempt("cpu_type", 2));
  EXPECT_EQ(reports.wait(2).kind, FinishKind::completed);
  open.set_value();
  EXPECT_TRUE(eventually([&] { return service().counts().late_results == 1; }));
  EXPECT_EQ(reports.count(), 2U);
}

TEST_F(Service, stops_an_attempt_at_its_deadline) {
  cpu = until_stopped;
  auto dispatched = attempt("cpu_type", 1);
  dispatched.deadline = clock.wall() + Duration::milliseconds(20);
  service().start(dispatched);
  EXPECT_EQ(reports.wait(1).kind, FinishKind::failed);
  EXPECT_EQ(reports.wait(1).outcome.error_code, "timed-out");
}

TEST_F(Service, gives_signs_of_life_for_a_silent_handler) {
  cpu = until_stopped;
  auto dispatched = attempt("cpu_type", 1);
  dispatched.heartbeat = Duration::milliseconds(300);
  service().start(dispatched);
  EXPECT_TRUE(eventually([&] { return reports.notes().size() >= 2; }));
  service().stop(stop_of(dispatched));
  reports.wait(1);
}

TEST_F(Service, passes_on_progress_but_not_every_note) {
  cpu = [](AttemptContext& context) -> AttemptEnding {
    for (int i = 0; i < 100; ++i) context.progress("step");
    return Completed{};
  };
  service().start(attempt("cpu_type", 1));
  reports.wait(1);
  EXPECT_GE(reports.notes().size(), 1U);
  EXPECT_LE(reports.notes().size(), 2U);
}

TEST_F(Service, runs_no_more_http_attempts_at_once_than_it_offers) {
  std::mutex mutex;
  std::vector<Conclude> open;
  http = [&](const auto&, Conclude conclude) {
    const std::scoped_lock lock(mutex);
    open.push_back(std::move(conclude));
  };
  const auto opened = [&] {
    const std::scoped_lock lock(mutex);
    return open.size();
  };
  service({.cpu_threads = 1, .http_transfers = 2});
  for (std::uint64_t fence = 1; fence <= 3; ++fence) service().start(attempt("http_type", fence));
  EXPECT_TRUE(eventually([&] { return opened() == 2; }));
  transfers.flush();
  EXPECT_EQ(opened(), 2U);
  open.front()(Completed{});
  EXPECT_TRUE(eventually([&] { return opened() == 3; }));
  open[1](Completed{});
  open[2](Completed{});
  EXPECT_EQ(reports.wait(3).kind, FinishKind::completed);
  open.clear();
}

TEST_F(Service, offers_its_places) {
  const auto places =
      service({.cpu_threads = 3, .blocking_threads = 5, .http_transfers = 7}).places();
  EXPECT_EQ(places, (std::vector<LaneSlots>{{.lane = Lane::instant, .slots = 512},
                                            {.lane = Lane::cpu, .slots = 3},
                                            {.lane = Lane::blocking, .slots = 5},
                                            {.lane = Lane::http, .slots = 7}}));
}

TEST_F(Service, lets_what_a_free_thread_is_about_to_pick_up_finish_when_it_drains) {
  cpu = [](AttemptContext&) -> AttemptEnding { return Completed{}; };
  for (std::uint32_t run = 1; run <= 8; ++run) {
    service({.cpu_threads = 8}).start(attempt("cpu_type", run));
  }
  const DrainReport report = service().drain(Duration::seconds(30), Duration::seconds(30));
  EXPECT_TRUE(report.unfinished.empty());
  EXPECT_EQ(reports.count(), 8U);
}

TEST_F(Service, drains_what_runs_and_leaves_the_rest_unreported) {
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  std::atomic<int> begun{0};
  cpu = [&](AttemptContext& context) -> AttemptEnding {
    ++begun;
    return context.about().attempt.run.number == 1 ? (gate.wait(), AttemptEnding(Completed{}))
                                                   : until_stopped(context);
  };
  service({.cpu_threads = 2}).start(attempt("cpu_type", 1));
  service().start(attempt("cpu_type", 2));
  EXPECT_TRUE(eventually([&] { return begun == 2; }));
  service().start(attempt("cpu_type", 3));  // Waits.
  open.set_value();
  reports.wait(1);
  const DrainReport report = service().drain(Duration{}, Duration::minutes(1));
  service().start(attempt("cpu_type", 4));  // Comes too late.
  EXPECT_EQ(report.stuck, 0U);
  EXPECT_EQ(report.unfinished.size() + reports.count(), 3U);
  EXPECT_FALSE(reports.has(2));
  EXPECT_FALSE(reports.has(4));
}

}  // namespace
}  // namespace carillon
