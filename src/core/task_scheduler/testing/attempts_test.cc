// What becomes of attempts: grants, retries, losses, time-outs.
#include <array>

#include "core/task_scheduler/testing/task_testing.h"
#include "domain/policy/retry_delay.h"

namespace carillon {
namespace {

using testing::at;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class AttemptsTest : public TaskSchedulerTest {};

TEST_F(AttemptsTest, a_granted_attempt_is_dispatched_with_all_that_its_executor_needs) {
  TaskDefinition definition = once_now();
  definition.type = "shell";
  definition.parameters = JsonText(R"({"type":"shell"})");
  definition.timeouts.heartbeat = Duration::seconds(20);
  create(definition);
  const AttemptDispatched given = attempt();
  EXPECT_EQ(given.attempt, (AttemptId{.run = {.task = id, .number = 1}, .number = 1}));
  EXPECT_EQ(given.type, "shell");
  EXPECT_EQ(given.deadline, at("2026-01-02T00:00:00Z"));
  EXPECT_EQ(given.heartbeat, Duration::seconds(20));
  EXPECT_EQ(given.nominal, at("2026-01-01T00:00:00Z"));
  EXPECT_EQ(runs().at(1).worker, "w1");
}

TEST_F(AttemptsTest, without_a_place_the_run_waits_and_the_task_is_scheduled) {
  offer_places(0);
  create(once_now());
  EXPECT_EQ(status(), "SCHEDULED");
  EXPECT_EQ(next(), "00:00");
  offer_places(1);
  EXPECT_EQ(status(), "RUNNING");
}

TEST_F(AttemptsTest, a_worker_that_claims_starts_only_when_it_asked) {
  offer_places(4, Claim::required);
  create(once_now());
  EXPECT_EQ(status(), "SCHEDULED");
  report(AttemptStarted{.fence = attempt().fence});
  EXPECT_EQ(status(), "RUNNING");
  const auto answers = core.told_of<AttemptClaimAnswered>(FactType::attempt_claim_answered);
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_TRUE(answers[0].accepted);
  finish();
  EXPECT_EQ(status(), "COMPLETED");
}

TEST_F(AttemptsTest, progress_is_told_once_per_note) {
  create(once_now());
  report(AttemptProgress{.fence = attempt().fence, .note = "half"});
  report(AttemptProgress{.fence = attempt().fence, .note = "half"});
  EXPECT_EQ(told(FactType::attempt_progressed), 1U);
}

TEST_F(AttemptsTest, a_failed_attempt_is_retried_after_its_delay_and_not_before) {
  create(retried(once_now(), 2, Duration::seconds(10)));
  fail_attempt();
  EXPECT_EQ(status(), "SCHEDULED");
  EXPECT_EQ(next(), "00:00:10");
  core.advance_to("2026-01-01T00:00:09.999Z");
  EXPECT_EQ(status(), "SCHEDULED");
  core.advance_to("2026-01-01T00:00:10Z");
  EXPECT_EQ(status(), "RUNNING");
  finish();
  EXPECT_THAT(run_lines(), ElementsAre("1 COMPLETED attempt 2 retries 1"));
  EXPECT_EQ(row().retry_count, 1U);
  EXPECT_EQ(row().current_retries, 1U);
}

TEST_F(AttemptsTest, when_the_retries_are_spent_the_run_has_failed) {
  create(retried(once_now(), 1, Duration::seconds(1)));
  fail_attempt();
  core.advance_to("2026-01-01T00:00:01Z");
  fail_attempt();
  EXPECT_EQ(status(), "FAILED");
  EXPECT_THAT(run_lines(), ElementsAre("1 FAILED attempt 2 retries 1"));
  EXPECT_EQ(facts().back().outcome->error_code, "boom");
}

TEST_F(AttemptsTest, a_failure_for_good_is_not_retried) {
  create(retried(once_now(), 5, Duration::seconds(1)));
  finish(FinishKind::failed_for_good);
  EXPECT_THAT(run_lines(), ElementsAre("1 FAILED attempt 1 retries 0"));
}

TEST_F(AttemptsTest, an_error_code_may_end_the_run_at_once) {
  TaskDefinition definition = retried(once_now(), 5, Duration::seconds(1));
  definition.retry.non_retryable = {"bad-input"};
  create(definition);
  finish(FinishKind::failed, "bad-input");
  EXPECT_EQ(status(), "FAILED");
}

TEST_F(AttemptsTest, a_place_that_comes_too_late_goes_back_to_the_queue_that_gave_it) {
  TaskDefinition definition = once_now();
  definition.queue = QueueName("new");
  define(definition);
  report(AttemptGranted{.fence = Fence(7), .worker = WorkerName("w1"), .queue = QueueName("old")});
  const auto released = core.sent_of<RunReleased>();
  ASSERT_FALSE(released.empty());
  EXPECT_EQ(released.back().first, "old");
  EXPECT_EQ(released.back().second.fence, Fence(7));
}

TEST_F(AttemptsTest, an_attempt_cancelled_by_its_executor_is_not_retried) {
  create(retried(once_now(), 5, Duration::seconds(1)));
  finish(FinishKind::cancelled);
  EXPECT_THAT(run_lines(), ElementsAre("1 CANCELLED attempt 1 retries 0"));
}

TEST_F(AttemptsTest, exponential_delays_grow_up_to_their_cap) {
  TaskDefinition definition = retried(once_now(), 4, Duration::seconds(10));
  definition.retry.backoff = Backoff::exponential;
  definition.retry.max_delay = Duration::seconds(30);
  create(definition);
  for (const std::string_view expected : {"00:00:10", "00:00:30", "00:01", "00:01:30"}) {
    fail_attempt();
    EXPECT_EQ(next(), expected);
    core.advance_to(*row().next_execution);
  }
}

TEST_F(AttemptsTest, jitter_of_delays_is_the_policys_and_the_same_each_time) {
  TaskDefinition definition = retried(once_now(), 3, Duration::seconds(10));
  definition.retry.jitter = RetryJitter::decorrelated;
  create(definition);
  Duration previous = definition.retry_delay;
  for (std::uint32_t retry = 1; retry <= 3; ++retry) {
    fail_attempt();
    const Duration expected = retry_delay(definition.retry, {.run = {.task = id, .number = 1},
                                                             .retry = retry,
                                                             .base = definition.retry_delay,
                                                             .previous = previous});
    EXPECT_EQ(row().next_execution, core.now() + expected);
    previous = expected;
    core.advance_to(*row().next_execution);
  }
}

TEST_F(AttemptsTest, a_retry_that_could_not_start_in_time_is_not_planned) {
  TaskDefinition definition = retried(once_now(), 3, Duration::minutes(10));
  definition.timeouts.run = Duration::minutes(5);
  create(definition);
  fail_attempt();
  EXPECT_EQ(status(), "FAILED");
  EXPECT_EQ(runs().at(1).outcome.error_code, "retry-beyond-deadline");
}

TEST_F(AttemptsTest, a_lost_attempt_runs_again_at_once_without_using_up_a_retry) {
  create(once_now());
  lose_worker(1);
  EXPECT_THAT(run_lines(), ElementsAre("1 RUNNING attempt 2 retries 0"));
  EXPECT_EQ(told(FactType::attempt_lost), 1U);
  finish();
  EXPECT_EQ(status(), "COMPLETED");
}

// The facts went on telling that the lost attempt ran, until its successor began.
TEST_F(AttemptsTest, the_rerun_of_a_lost_attempt_is_known_to_wait) {
  create(once_now());
  core.submit(Key("default"), WorkerLost{.worker = WorkerName("w1"), .epoch = BootEpoch(1)});
  EXPECT_EQ(status(), "SCHEDULED");
  EXPECT_THAT(run_lines(), ElementsAre("1 QUEUED attempt 2 retries 0"));
}

TEST_F(AttemptsTest, reruns_of_lost_attempts_are_bounded) {
  TaskDefinition definition = once_now();
  definition.max_lost = 2;
  create(definition);
  for (std::uint64_t epoch = 1; epoch <= 3; ++epoch) lose_worker(epoch);
  EXPECT_EQ(status(), "FAILED");
  EXPECT_EQ(runs().at(1).outcome.error_code, "lost");
  EXPECT_EQ(runs().at(1).attempt, 3U);
}

TEST_F(AttemptsTest, beyond_the_bound_a_loss_is_a_failure_that_retries_may_mend) {
  TaskDefinition definition = retried(once_now(), 1, Duration::seconds(5));
  definition.max_lost = 0;
  create(definition);
  lose_worker(1);
  EXPECT_EQ(next(), "00:00:05");
}

TEST_F(AttemptsTest, what_must_never_run_twice_fails_when_it_is_lost) {
  TaskDefinition definition = retried(once_now(), 3, Duration::seconds(1));
  definition.on_lost = OnLost::fail;
  create(definition);
  lose_worker(1);
  EXPECT_EQ(status(), "FAILED");
  EXPECT_THAT(run_lines(), ElementsAre("1 FAILED attempt 1 retries 0"));
}

TEST_F(AttemptsTest, the_result_of_a_lost_attempt_changes_nothing) {
  create(once_now());
  const Fence first = attempt().fence;
  lose_worker(1);
  const TaskVersion version = state().version;
  report(AttemptFinished{.fence = first});
  EXPECT_EQ(state().version, version);
  EXPECT_EQ(status(), "RUNNING");
}

TEST_F(AttemptsTest, no_start_in_time_fails_the_run_without_a_retry) {
  offer_places(0);
  TaskDefinition definition = retried(once_now(), 3, Duration::seconds(1));
  definition.timeouts.schedule_to_start = Duration::minutes(2);
  create(definition);
  core.advance_to("2026-01-01T00:02:00Z");
  EXPECT_EQ(status(), "FAILED");
  EXPECT_EQ(runs().at(1).outcome.error_code, "no-worker-in-time");
  offer_places(1);
  EXPECT_EQ(told(FactType::attempt_dispatched), 0U);  // It was withdrawn.
}

TEST_F(AttemptsTest, an_attempt_that_takes_too_long_is_stopped_and_retried) {
  TaskDefinition definition = retried(once_now(), 1, Duration::seconds(1));
  definition.timeouts.attempt = Duration::minutes(1);
  create(definition);
  core.advance_to("2026-01-01T00:01:00Z");
  EXPECT_EQ(told(FactType::attempt_stop_requested), 1U);
  EXPECT_EQ(runs().at(1).attempt_status, AttemptStatus::timed_out);
  EXPECT_EQ(next(), "00:01:01");
}

// An executor that stopped its handler at the deadline was recorded as a plain failure.
TEST_F(AttemptsTest, a_report_ends_the_attempt_by_its_kind_and_its_code) {
  struct Case {
    FinishKind kind;
    std::string_view code;
    AttemptStatus attempt;
    RunStatus run;
  };
  constexpr std::array kCases{
      Case{FinishKind::completed, "", AttemptStatus::completed, RunStatus::completed},
      Case{FinishKind::failed, "boom", AttemptStatus::failed, RunStatus::failed},
      Case{FinishKind::failed, "timed-out", AttemptStatus::timed_out, RunStatus::failed},
      Case{FinishKind::failed, "request-timed-out", AttemptStatus::failed, RunStatus::failed},
      Case{FinishKind::failed_for_good, "boom", AttemptStatus::failed, RunStatus::failed},
      Case{FinishKind::failed_for_good, "timed-out", AttemptStatus::timed_out, RunStatus::failed},
      Case{FinishKind::cancelled, "timed-out", AttemptStatus::cancelled, RunStatus::cancelled}};
  create(once_now());
  std::uint32_t run = 1;
  for (const Case& c : kCases) {
    finish(c.kind, std::string(c.code));
    EXPECT_EQ(runs().at(run).attempt_status, c.attempt) << run;
    EXPECT_EQ(runs().at(run).status, c.run) << run;
    if (&c == &kCases.back()) break;
    tell(RunNow{});
    ++run;
  }
}

TEST_F(AttemptsTest, a_time_out_that_the_executor_reports_is_retried_like_any) {
  create(retried(once_now(), 1, Duration::seconds(1)));
  finish(FinishKind::failed, "timed-out");
  EXPECT_EQ(runs().at(1).status, RunStatus::retrying);
  EXPECT_EQ(runs().at(1).attempt_status, AttemptStatus::timed_out);
}

TEST_F(AttemptsTest, silence_beyond_the_heartbeat_is_a_time_out) {
  TaskDefinition definition = once_now();
  definition.timeouts.heartbeat = Duration::seconds(30);
  create(definition);
  core.advance_to("2026-01-01T00:00:20Z");
  report(AttemptProgress{.fence = attempt().fence});
  core.advance_to("2026-01-01T00:00:49Z");
  EXPECT_EQ(status(), "RUNNING");
  core.advance_to("2026-01-01T00:00:50Z");
  EXPECT_EQ(status(), "FAILED");
  EXPECT_EQ(runs().at(1).outcome.error_code, "heartbeat-timed-out");
}

// The executor beats as it was told when it got the attempt.
TEST_F(AttemptsTest, an_edit_does_not_change_how_often_a_running_attempt_must_beat) {
  TaskDefinition definition = once_now();
  definition.timeouts.heartbeat = Duration::seconds(30);
  create(definition);
  definition.timeouts.heartbeat = Duration::seconds(5);
  tell(UpdateTask{.definition = definition});
  core.advance_to("2026-01-01T00:00:15Z");
  report(AttemptProgress{.fence = attempt().fence});
  core.advance_to("2026-01-01T00:00:44Z");
  EXPECT_EQ(status(), "RUNNING");
  core.advance_to("2026-01-01T00:00:45Z");
  EXPECT_EQ(runs().at(1).outcome.error_code, "heartbeat-timed-out");
}

TEST_F(AttemptsTest, a_run_has_a_time_limit_of_its_own_waits_included) {
  TaskDefinition definition = retried(once_now(), 5, Duration::minutes(1));
  definition.timeouts.run = Duration::minutes(3);
  create(definition);
  fail_attempt();
  core.advance_to("2026-01-01T00:03:00Z");
  EXPECT_EQ(status(), "FAILED");
  EXPECT_EQ(runs().at(1).outcome.error_code, "run-timeout");
  EXPECT_EQ(told(FactType::attempt_stop_requested), 1U);
}

TEST_F(AttemptsTest, a_deadline_counts_from_due_not_from_start) {
  TaskDefinition definition = once_at("2026-01-01T01:00:00Z");
  definition.timeouts.deadline = Duration::minutes(5);
  create(definition);
  core.resume_at("2026-01-01T01:03:00Z");
  core.advance_to("2026-01-01T01:05:00Z");
  EXPECT_EQ(status(), "FAILED");
  EXPECT_EQ(runs().at(1).outcome.error_code, "deadline");
}

TEST_F(AttemptsTest, a_result_that_arrives_before_the_due_record_counts) {
  TaskDefinition definition = once_now();
  definition.timeouts.attempt = Duration::minutes(1);
  create(definition);
  core.post(key, AttemptFinished{.fence = attempt().fence});
  core.resume_at("2026-01-01T00:02:00Z");
  EXPECT_EQ(status(), "COMPLETED");
}

TEST_F(AttemptsTest, an_edit_of_the_queue_does_not_move_an_attempt_that_holds_a_place) {
  create(every(Duration::hours(1)));
  tell(RunNow{});
  TaskDefinition moved = every(Duration::hours(1));
  moved.queue = QueueName("other");
  tell(UpdateTask{.definition = moved});
  report(AttemptFinished{.fence = state().active_runs.front().row.fence});
  const auto released = core.sent_of<RunReleased>();
  ASSERT_THAT(released, SizeIs(1));
  EXPECT_EQ(released[0].first, "default");
}

class ClockTest : public TaskSchedulerTest {
 protected:
  void TearDown() override { EXPECT_THAT(core.complaints(), IsEmpty()); }
};

TEST_F(ClockTest, set_back_keeps_what_remained_of_a_retrys_wait) {
  create(retried(once_now(), 1, Duration::minutes(10)));
  fail_attempt();
  core.advance_to("2026-01-01T00:04:00Z");
  core.set_clock_back("2025-12-31T20:00:00Z");
  EXPECT_EQ(row().next_execution, at("2025-12-31T20:06:00Z"));
  expect_fold_is_state();
  core.advance_to("2025-12-31T20:06:00Z");
  EXPECT_EQ(status(), "RUNNING");
}

TEST_F(ClockTest, set_back_keeps_what_remained_of_a_time_out) {
  create(once_now());
  core.advance_to("2026-01-01T00:40:00Z");
  core.set_clock_back("2025-12-31T20:00:00Z");
  EXPECT_EQ(state().active_runs[0].attempt_end, at("2026-01-01T19:20:00Z"));
}

TEST_F(ClockTest, set_back_decides_no_slot_twice_and_keeps_slots_where_they_are) {
  create(cron("0 0 * * * *"));
  core.advance_to("2026-01-01T02:30:00Z");
  finish();
  core.set_clock_back("2026-01-01T00:30:00Z");
  EXPECT_EQ(next(), "03:00");
  core.advance_to("2026-01-01T02:59:00Z");
  EXPECT_THAT(ledger(), SizeIs(2));
}

// What a host delivers while the clock has just jumped forward.
TEST_F(ClockTest, a_jump_forward_gives_executors_one_lease_to_speak_first) {
  TaskDefinition definition = once_now();
  definition.timeouts.attempt = Duration::minutes(10);
  create(definition);
  const Instant armed = at("2026-01-01T00:10:00Z");
  core.post({.to = OperatorName::task_scheduler,
             .key = key,
             .type = RecordType::due,
             .payload = to_wire(Due{.at = armed, .clock_stepped = true})});
  core.resume_at("2026-01-01T05:00:00Z");
  EXPECT_EQ(status(), "RUNNING");
  core.advance_to("2026-01-01T05:00:29Z");
  EXPECT_EQ(status(), "RUNNING");
  core.advance_to("2026-01-01T05:00:30Z");
  EXPECT_EQ(status(), "FAILED");
}

TEST_F(ClockTest, a_slot_late_for_a_jump_forward_says_so) {
  create(cron("0 0 * * * *"));
  core.post({.to = OperatorName::task_scheduler,
             .key = key,
             .type = RecordType::due,
             .payload = to_wire(Due{.at = at("2026-01-01T01:00:00Z"), .clock_stepped = true})});
  core.resume_at("2026-01-01T01:00:30Z");
  EXPECT_THAT(ledger(), ElementsAre("01:00 STARTED_LATE clock_step"));
}

TEST_F(AttemptsTest, a_wake_up_that_was_replaced_changes_nothing) {
  create(cron("0 0 * * * *"));
  const TaskState before = state();
  core.post({.to = OperatorName::task_scheduler,
             .key = key,
             .type = RecordType::due,
             .payload = to_wire(Due{.at = at("2026-01-01T00:30:00Z")})});
  core.run();
  EXPECT_EQ(state(), before);
}

}  // namespace
}  // namespace carillon
