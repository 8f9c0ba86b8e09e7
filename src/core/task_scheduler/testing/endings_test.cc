// Cancel, delete, purge; late results; workflows; whom a task tells about its end.
#include "core/task_scheduler/testing/task_testing.h"
#include "domain/record/workflow_records.h"

namespace carillon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CancelTest : public TaskSchedulerTest {};

TEST_F(CancelTest, of_a_scheduled_task_ends_it) {
  create(cron("0 0 * * * *"));
  EXPECT_EQ(tell(CancelTask{.reason = "no longer needed"}), "ok");
  EXPECT_EQ(status(), "CANCELLED");
  EXPECT_EQ(next(), "none");
  core.advance_to("2026-01-02T00:00:00Z");
  EXPECT_THAT(ledger(), IsEmpty());
}

TEST_F(CancelTest, again_changes_nothing_and_of_a_completed_task_is_refused) {
  create(once_now());
  finish();
  EXPECT_EQ(tell(CancelTask{}), "illegal-transition");
  EXPECT_EQ(status(), "COMPLETED");
}

TEST_F(CancelTest, of_a_waiting_run_withdraws_it) {
  offer_places(0);
  create(once_now());
  tell(CancelTask{});
  EXPECT_THAT(run_lines(), ElementsAre("1 CANCELLED attempt 1 retries 0"));
  offer_places(1);
  EXPECT_EQ(told(FactType::attempt_dispatched), 0U);
}

TEST_F(CancelTest, of_a_pending_retry_ends_the_run) {
  create(retried(once_now(), 3, Duration::minutes(1)));
  fail_attempt();
  tell(CancelTask{});
  core.advance_to("2026-01-01T01:00:00Z");
  EXPECT_THAT(run_lines(), ElementsAre("1 CANCELLED attempt 1 retries 0"));
}

TEST_F(CancelTest, of_a_running_task_frees_the_place_only_when_the_executor_reports) {
  offer_places(1);
  create(once_now());
  tell(CancelTask{});
  EXPECT_EQ(status(), "CANCELLED");
  EXPECT_EQ(told(FactType::attempt_stop_requested), 1U);
  EXPECT_THAT(core.sent_of<RunReleased>(), IsEmpty());
  finish();
  EXPECT_THAT(core.sent_of<RunReleased>(), SizeIs(1));
  EXPECT_EQ(told(FactType::late_result_refused), 1U);
  EXPECT_EQ(status(), "CANCELLED");
  EXPECT_THAT(run_lines(), ElementsAre("1 CANCELLED attempt 1 retries 0"));
}

TEST_F(CancelTest, the_place_of_a_stopping_attempt_is_not_released_when_its_worker_dies) {
  create(once_now());
  tell(CancelTask{});
  lose_worker(1);
  EXPECT_THAT(state().stopping, IsEmpty());
  EXPECT_THAT(core.sent_of<RunReleased>(), IsEmpty());  // The queue gave it up itself.
}

TEST_F(CancelTest, of_a_paused_task_records_the_slots_of_the_pause) {
  create(cron("0 0 * * * *"));
  tell(PauseTask{});
  core.advance_to("2026-01-01T02:30:00Z");
  tell(CancelTask{});
  EXPECT_THAT(ledger(), ElementsAre("01:00..02:00 x2 SKIPPED_PAUSED user"));
  EXPECT_FALSE(row().pause);
}

TEST_F(CancelTest, of_a_paused_one_shot_cancels_its_slot) {
  create(once_at("2026-01-01T01:00:00Z"));
  tell(PauseTask{});
  core.advance_to("2026-01-01T02:00:00Z");
  tell(CancelTask{});
  EXPECT_THAT(ledger(), ElementsAre("01:00 CANCELLED task_cancelled"));
}

TEST_F(CancelTest, of_a_slot_between_nominal_and_due_cancels_it) {
  TaskDefinition definition = cron("0 0 * * * *");
  definition.jitter = Duration::minutes(30);
  create(definition);
  core.advance_to("2026-01-01T01:00:00Z");
  tell(CancelTask{});
  EXPECT_THAT(ledger(), ElementsAre("01:00 CANCELLED task_cancelled"));
}

class DeleteTest : public TaskSchedulerTest {};

TEST_F(DeleteTest, ends_everything_and_the_task_is_not_found_any_more) {
  create(cron("0 0 * * * *"));
  EXPECT_EQ(tell(DeleteTask{}), "ok");
  EXPECT_EQ(tell(RunNow{}), "not-found");
  core.advance_to("2026-01-02T00:00:00Z");
  EXPECT_THAT(ledger(), IsEmpty());
}

TEST_F(DeleteTest, purge_erases_a_deleted_task_and_no_other) {
  create(cron("0 0 * * * *"));
  report(PurgeTask{});
  EXPECT_EQ(status(), "SCHEDULED");
  tell(DeleteTask{});
  report(PurgeTask{});
  EXPECT_EQ(told(FactType::task_purged), 1U);
  for (const auto& [address, bytes] : core.states()) {
    EXPECT_NE(std::get<0>(address), OperatorName::task_scheduler);
  }
}

TEST_F(DeleteTest, purge_waits_for_an_attempt_that_still_stops) {
  create(once_now());
  tell(DeleteTask{});
  report(PurgeTask{});
  EXPECT_EQ(told(FactType::task_purged), 0U);
  finish();
  report(PurgeTask{});
  EXPECT_EQ(told(FactType::task_purged), 1U);
}

TEST_F(DeleteTest, a_purged_id_may_be_used_again) {
  create(once_now());
  finish();
  tell(DeleteTask{});
  report(PurgeTask{});
  core.forget_effects();
  EXPECT_EQ(create(once_now()), "ok");
  EXPECT_EQ(status(), "RUNNING");
}

class TellingTest : public TaskSchedulerTest {
 protected:
  std::vector<std::string> notes() {
    std::vector<std::string> lines;
    for (const auto& note : core.told_of<Notification>(FactType::notification)) {
      lines.push_back(std::string(word_of(note.kind)));
    }
    return lines;
  }
};

TEST_F(TellingTest, failures_and_the_recovery_after_them_are_notified) {
  create(cron("0 0 * * * *"));
  core.advance_to("2026-01-01T01:00:00Z");
  fail_attempt();
  core.advance_to("2026-01-01T02:00:00Z");
  finish();
  core.advance_to("2026-01-01T03:00:00Z");
  finish();
  EXPECT_THAT(notes(), ElementsAre(std::string(word_of(NotificationKind::run_failed)),
                                   std::string(word_of(NotificationKind::recovered))));
}

TEST_F(TellingTest, a_retry_that_is_left_notifies_nobody) {
  create(retried(once_now(), 1, Duration::seconds(1)));
  fail_attempt();
  EXPECT_THAT(notes(), IsEmpty());
}

TEST_F(TellingTest, a_step_of_a_workflow_tells_it_how_it_ended) {
  TaskDefinition definition = once_now();
  definition.parent =
      TaskParent{.workflow_run = {.task = TaskId(derived_uuid("w")), .number = 2}, .step = "load"};
  create(definition);
  finish();
  const auto told = core.sent_of<StepFinished>();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].first, workflow_key(definition.parent->workflow_run));
  EXPECT_EQ(told[0].second.step, "load");
  EXPECT_EQ(told[0].second.status, RunStatus::completed);
}

// A refusal leaves nothing behind, so a repetition tells it again.
class RefusedStepTest : public TaskSchedulerTest {
 protected:
  RefusedStepTest()
      : TaskSchedulerTest(
            {.operators = {OperatorName::task_scheduler}, .delivery = Delivery::once}) {}
};

TEST_F(RefusedStepTest, a_workflow_hears_of_a_step_whose_task_is_refused) {
  TaskDefinition definition = once_now();
  definition.overlap = Overlap::allow;
  definition.parent = TaskParent{.workflow_run = {.task = id, .number = 2}, .step = "load"};
  EXPECT_EQ(create(definition), "not-yet");
  const auto told = core.sent_of<StepFinished>();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].second.status, RunStatus::failed);
  EXPECT_EQ(told[0].second.outcome.error_code, "not-yet");
}

class WorkflowRunTest : public TaskSchedulerTest {
 protected:
  void SetUp() override {
    definition = once_now();
    definition.lane = Lane::workflow;
    definition.workflow = WorkflowSpec{.steps = {{.name = "one", .type = "noop"}}};
  }
  WorkflowFinished finished(RunStatus run_status) {
    return {.run = 1,
            .fence = core.sent_of<WorkflowStarted>().back().second.fence,
            .status = run_status};
  }
  TaskDefinition definition;
};

TEST_F(WorkflowRunTest, starts_a_workflow_and_takes_no_place) {
  create(definition);
  EXPECT_EQ(status(), "RUNNING");
  EXPECT_THAT(core.sent_of<RunReady>(), IsEmpty());
  report(finished(RunStatus::completed));
  EXPECT_EQ(status(), "COMPLETED");
  EXPECT_THAT(core.sent_of<WorkflowCancelled>(), IsEmpty());
}

TEST_F(WorkflowRunTest, that_failed_is_retried_as_a_whole) {
  create(retried(definition, 1, Duration::seconds(1)));
  report(finished(RunStatus::failed));
  EXPECT_EQ(next(), "00:00:01");
  core.advance_to("2026-01-01T00:00:01Z");
  EXPECT_THAT(core.sent_of<WorkflowStarted>(), SizeIs(2));
}

TEST_F(WorkflowRunTest, is_cancelled_with_its_task_and_what_it_says_later_is_ignored) {
  create(definition);
  const WorkflowFinished late = finished(RunStatus::completed);
  tell(CancelTask{});
  EXPECT_THAT(core.sent_of<WorkflowCancelled>(), SizeIs(1));
  report(late);
  EXPECT_EQ(status(), "CANCELLED");
}

// The steps went on working after somebody had said that the work was done.
TEST_F(WorkflowRunTest, completed_by_hand_is_cancelled_too) {
  create(definition);
  tell(SetStatus{.status = TaskStatus::completed});
  EXPECT_EQ(status(), "COMPLETED");
  EXPECT_THAT(core.sent_of<WorkflowCancelled>(), SizeIs(1));
}

TEST_F(WorkflowRunTest, has_the_time_limit_of_its_run) {
  definition.timeouts.run = Duration::minutes(5);
  create(definition);
  core.advance_to("2026-01-01T00:05:00Z");
  EXPECT_EQ(status(), "FAILED");
  EXPECT_THAT(core.sent_of<WorkflowCancelled>(), SizeIs(1));
}

TEST(TaskSchedulerDeterminism, the_same_records_give_the_same_bytes_and_effects) {
  const TestZones zones;
  const auto play = [&zones] {
    CoreHarness core({.operators = {OperatorName::task_scheduler, OperatorName::queue_dispatcher},
                      .zones = &zones});
    core.submit(Key("default"), WorkerCredit{.worker = WorkerName("w1"),
                                             .epoch = BootEpoch(1),
                                             .lanes = {{.lane = Lane::cpu, .slots = 4}}});
    for (int i = 0; i < 20; ++i) {
      const Key key(derived_uuid(fmt::format("task {}", i)).raw());
      TaskDefinition definition = cron("*/7 * * * * *", "Europe/Berlin");
      definition.jitter = Duration::seconds(5);
      core.submit(key, CreateTask{.header = {.id = CommandId(derived_uuid(key))},
                                  .definition = retried(definition, 2, Duration::seconds(3)),
                                  .schedule = true});
    }
    core.advance_to("2026-01-01T00:00:30Z");
    const auto given = core.told_of<AttemptDispatched>(FactType::attempt_dispatched);
    for (const AttemptDispatched& attempt : given) {
      core.submit(Key(attempt.attempt.run.task.value().raw()),
                  AttemptFinished{.fence = attempt.fence, .kind = FinishKind::failed});
    }
    core.advance_to("2026-01-01T00:02:00Z");
    return std::tuple(core.states(), core.sent(), core.told());
  };
  EXPECT_EQ(play(), play());
}

}  // namespace
}  // namespace carillon
