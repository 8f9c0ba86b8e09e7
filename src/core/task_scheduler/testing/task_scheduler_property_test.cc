// Random commands, results, losses and time, against a small model of the status machine.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "core/task_scheduler/testing/task_testing.h"

namespace carillon {
namespace {

constexpr std::uint32_t kMaxRetries = 2;
constexpr std::uint32_t kMaxLost = 1;
constexpr Duration kRetryDelay = Duration::minutes(10);

enum class Action : std::uint8_t {
  schedule,
  pause,
  resume,
  cancel,
  run_now,
  retry,
  complete,
  fail,
  lose,
  pass_time,
};

// An hourly task that always finds a place at once.
struct Model {
  enum class Run : std::uint8_t { none, running, retrying };

  Instant now;
  Instant retry_at;
  Run run = Run::none;
  bool armed = false;
  bool paused = false;
  bool cancelled = false;
  bool last_failed = false;
  std::uint32_t retries = 0;
  std::uint32_t lost = 0;

  [[nodiscard]] TaskStatus status() const {
    if (cancelled) return TaskStatus::cancelled;
    if (run == Run::running) return TaskStatus::running;
    if (run == Run::retrying) return TaskStatus::scheduled;
    if (paused) return TaskStatus::paused;
    return armed ? TaskStatus::scheduled : TaskStatus::created;
  }

  void begin_run() {
    run = Run::running;
    retries = 0;
    lost = 0;
  }
  void end_run(bool failed) {
    run = Run::none;
    last_failed = failed;
  }
  void fail() {
    if (retries == kMaxRetries) return end_run(true);
    run = Run::retrying;
    retry_at = now + kRetryDelay;
  }
  void lose() {
    if (lost == kMaxLost) return fail();
    ++lost;
  }

  // Time passes in steps in which nothing can happen but at their end.
  void pass(Duration span) {
    const Duration tick = Duration::minutes(5);
    for (Duration passed; passed < span; passed = passed + tick) {
      now = now + tick;
      if (run == Run::retrying && retry_at <= now) {
        run = Run::running;
        ++retries;
      }
      const bool hour = now.unix_ms() % Duration::hours(1).ms() == 0;
      if (hour && armed && !paused && run == Run::none) begin_run();
    }
  }

  // What a command is answered; it has had its effect then.
  std::string_view ask(Action action) {
    constexpr std::string_view kIllegal = "illegal-transition";
    const TaskStatus at = status();
    const bool at_work = at == TaskStatus::scheduled || at == TaskStatus::running;
    switch (action) {
      case Action::schedule:
        if (armed && at_work) return "ok";
        if (at != TaskStatus::created && at != TaskStatus::scheduled) return kIllegal;
        armed = true;
        return "ok";
      case Action::pause:
        if (!at_work && at != TaskStatus::paused) return kIllegal;
        paused = true;
        return "ok";
      case Action::resume:
        if (!at_work && at != TaskStatus::paused) return kIllegal;
        paused = false;
        return "ok";
      case Action::cancel:
        if (at == TaskStatus::cancelled) return "ok";
        if (run != Run::none) end_run(false);
        armed = paused = false;
        cancelled = true;
        return "ok";
      case Action::run_now:
        if (cancelled) return kIllegal;
        if (run != Run::none) return "run-active";
        begin_run();
        return "ok";
      case Action::retry:
        if (run != Run::none || !last_failed || cancelled || at == TaskStatus::created) {
          return kIllegal;
        }
        begin_run();
        return "ok";
      case Action::complete:
      case Action::fail:
      case Action::lose:
      case Action::pass_time:
        break;
    }
    std::unreachable();
  }
};

class TaskSchedulerProperty : public TaskSchedulerTest {
 protected:
  void SetUp() override {
    TaskSchedulerTest::SetUp();
    TaskDefinition definition = retried(cron("0 0 * * * *"), kMaxRetries, kRetryDelay);
    definition.max_lost = kMaxLost;
    definition.timeouts.attempt = Duration::days(30);
    define(definition);
    model_.now = core.now();
  }

  void act(Action action) {
    switch (action) {
      case Action::schedule:
        return compare(action, tell(ScheduleTask{}));
      case Action::pause:
        return compare(action, tell(PauseTask{}));
      case Action::resume:
        return compare(action, tell(ResumeTask{}));
      case Action::cancel:
        return compare(action, tell(CancelTask{}));
      case Action::run_now:
        return compare(action, tell(RunNow{}));
      case Action::retry:
        return compare(action, tell(RetryTask{}));
      case Action::complete:
      case Action::fail:
      case Action::lose:
        return end_attempt(action);
      case Action::pass_time: {
        const Duration span = Duration::minutes(25);
        model_.pass(span);
        core.advance_to(core.now() + span);
        return;
      }
    }
  }

  void check() {
    RC_ASSERT(state().status == model_.status());
    RC_ASSERT(state().active_runs.size() <= 1U);
    RC_ASSERT(core.complaints().empty());
  }

  void check_history() {
    std::map<std::uint32_t, std::uint32_t> lost;
    for (const ToldFact& told : core.told()) {
      if (told.topic != Topic::task_events) continue;
      const TaskFact fact = *from_wire<TaskFact>(told.payload);
      if (told.type == FactType::attempt_lost) ++lost[fact.run->id.number];
      if (!fact.slot) continue;
      RC_ASSERT(fact.slot->decided_at >= fact.slot->due);
    }
    for (const auto& [number, run] : runs()) {
      RC_ASSERT(run.attempt <= 1 + kMaxRetries + lost[number]);
    }
    expect_fold_is_state();
  }

 private:
  void compare(Action action, const std::string& answered) {
    RC_ASSERT(answered == model_.ask(action));
  }

  void end_attempt(Action action) {
    if (model_.run != Model::Run::running) return;
    if (action == Action::lose) {
      model_.lose();
      lose_worker(++epoch_);
    } else if (action == Action::fail) {
      model_.fail();
      fail_attempt();
    } else {
      model_.end_run(false);
      finish();
    }
  }

  Model model_;
  std::uint64_t epoch_ = 0;
};

RC_GTEST_FIXTURE_PROP(TaskSchedulerProperty, behaves_as_the_model_of_the_status_machine, ()) {
  const auto actions = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 10));
  for (const int action : actions) {
    act(static_cast<Action>(action));
    check();
  }
  check_history();
}

}  // namespace
}  // namespace carillon
