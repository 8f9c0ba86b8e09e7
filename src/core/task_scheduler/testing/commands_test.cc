// Create, schedule, update, run now, retry; and how commands are answered.
#include "core/task_scheduler/testing/task_testing.h"

namespace carillon {
namespace {

using testing::at;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CommandsTest : public TaskSchedulerTest {};

TEST_F(CommandsTest, create_without_schedule_only_makes_the_task) {
  EXPECT_EQ(define(cron("0 0 * * * *")), "ok");
  EXPECT_TRUE(answer.created);
  EXPECT_EQ(answer.version, TaskVersion{1});
  EXPECT_EQ(status(), "CREATED");
  EXPECT_EQ(next(), "none");
  EXPECT_EQ(facts().front().definition->name, "report");
}

TEST_F(CommandsTest, create_of_a_task_that_exists_changes_nothing) {
  create(cron("0 0 * * * *"));
  const TaskVersion version = state().version;
  EXPECT_EQ(define(once_now()), "ok");
  EXPECT_EQ(state().version, version);
}

TEST_F(CommandsTest, policies_that_are_not_carried_out_yet_are_refused) {
  TaskDefinition definition = cron("0 0 * * * *");
  definition.overlap = Overlap::buffer_all;
  EXPECT_EQ(create(definition), "not-yet");
  definition = cron("0 0 * * * *");
  definition.misfire = Misfire::run_all;
  EXPECT_EQ(create(definition), "not-yet");
  definition = cron("0 0 * * * *");
  definition.calendars = {"holidays"};
  EXPECT_EQ(create(definition), "not-yet");
  EXPECT_THAT(facts(), IsEmpty());
}

TEST_F(CommandsTest, for_a_task_that_does_not_exist_are_answered_not_found) {
  EXPECT_EQ(tell(ScheduleTask{}), "not-found");
  EXPECT_EQ(tell(DeleteTask{}), "not-found");
  EXPECT_THAT(core.states(),
              ::testing::Not(::testing::Contains(::testing::Key(
                  CoreHarness::StateAddress(OperatorName::task_scheduler, key, 1)))));
}

TEST_F(CommandsTest, a_condition_on_another_version_is_refused) {
  create(cron("0 0 * * * *"));
  EXPECT_EQ(tell(CancelTask{.header = {.expected_version = TaskVersion{1}}}), "version-mismatch");
  EXPECT_EQ(status(), "SCHEDULED");
  EXPECT_EQ(tell(CancelTask{.header = {.expected_version = answer.version}}), "ok");
}

TEST_F(CommandsTest, a_command_delivered_again_later_is_answered_and_not_done_again) {
  create(cron("0 0 * * * *"));
  const RunNow command{.header = {.id = CommandId(derived_uuid("once")), .by = "ops"}};
  core.submit(key, command);
  finish();
  core.submit(key, command);
  EXPECT_EQ(runs().size(), 1U);
  EXPECT_FALSE(core.told_of<TaskAnswer>(FactType::task_answer).back().problem);
}

TEST_F(CommandsTest, with_a_reply_key_are_answered_to_it_with_the_task) {
  create(cron("0 0 * * * *"));
  const auto answers = told(FactType::task_answer);
  core.submit(key, PauseTask{.header = {.id = CommandId(derived_uuid("p")), .reply_key = "k1"}});
  EXPECT_EQ(told(FactType::task_answer), answers);
  const auto answered = core.sent_of<CommandAnswered>();
  ASSERT_THAT(answered, SizeIs(1));
  EXPECT_EQ(answered[0].first, "k1");
  EXPECT_EQ(answered[0].second.answer.snapshot->row, row());
  core.submit(key, ResumeTask{.header = {.id = CommandId(derived_uuid("r"))}});
}

class ScheduleTest : public TaskSchedulerTest {};

TEST_F(ScheduleTest, at_a_moment_makes_one_slot) {
  define(once_now());
  EXPECT_EQ(tell(ScheduleTask{.run_at = at("2026-01-01T03:00:00Z")}), "ok");
  EXPECT_EQ(next(), "03:00");
  core.advance_to("2026-01-01T03:00:00Z");
  finish();
  EXPECT_EQ(status(), "COMPLETED");
}

TEST_F(ScheduleTest, after_a_delay_makes_one_slot) {
  define(once_now());
  tell(ScheduleTask{.delay = Duration::minutes(7)});
  EXPECT_EQ(next(), "00:07");
}

TEST_F(ScheduleTest, a_moment_just_past_runs_at_once_and_one_long_past_is_refused) {
  define(once_now());
  EXPECT_EQ(tell(ScheduleTask{.run_at = at("2025-12-31T23:58:59Z")}), "run-at-past");
  EXPECT_THAT(answer.hint, HasSubstr("/run"));
  EXPECT_EQ(tell(ScheduleTask{.run_at = at("2025-12-31T23:59:01Z")}), "ok");
  EXPECT_EQ(status(), "RUNNING");
}

TEST_F(ScheduleTest, again_is_a_no_op_but_at_another_time_is_refused) {
  create(cron("0 0 * * * *"));
  EXPECT_EQ(tell(ScheduleTask{}), "ok");
  EXPECT_EQ(row().generation, 1U);
  EXPECT_EQ(tell(ScheduleTask{.delay = Duration::minutes(1)}), "illegal-transition");
}

// The second arming made a slot that was skipped for the run that waited, and the task failed.
TEST_F(ScheduleTest, of_a_one_shot_whose_retry_waits_is_a_no_op) {
  create(retried(once_now(), 1, Duration::minutes(1)));
  fail_attempt();
  EXPECT_EQ(tell(ScheduleTask{}), "ok");
  core.advance_to("2026-01-01T00:01:00Z");
  finish();
  EXPECT_EQ(status(), "COMPLETED");
}

TEST_F(ScheduleTest, after_the_end_begins_a_new_generation_with_a_fresh_count) {
  TaskDefinition definition = every(Duration::hours(1));
  definition.max_runs = 1;
  create(definition);
  core.advance_to("2026-01-01T01:00:00Z");
  finish();
  ASSERT_EQ(status(), "COMPLETED");
  tell(ScheduleTask{});
  EXPECT_EQ(row().generation, 2U);
  EXPECT_EQ(next(), "02:00");
}

class UpdateTest : public TaskSchedulerTest {};

TEST_F(UpdateTest, of_the_plan_begins_a_generation_and_fires_nothing) {
  create(cron("0 0 * * * *"));
  core.advance_to("2026-01-01T00:30:00Z");
  EXPECT_EQ(tell(UpdateTask{.definition = cron("0 */5 * * * *")}), "ok");
  EXPECT_EQ(row().generation, 2U);
  EXPECT_EQ(next(), "00:35");
  EXPECT_THAT(ledger(), IsEmpty());
}

TEST_F(UpdateTest, of_anything_else_keeps_the_generation) {
  create(cron("0 0 * * * *"));
  tell(UpdateTask{.definition = retried(cron("0 0 * * * *"), 3, Duration::seconds(1))});
  EXPECT_EQ(row().generation, 1U);
  EXPECT_EQ(next(), "01:00");
}

TEST_F(UpdateTest, that_changes_nothing_tells_nothing) {
  create(cron("0 0 * * * *"));
  const TaskVersion version = state().version;
  EXPECT_EQ(tell(UpdateTask{.definition = cron("0 0 * * * *")}), "ok");
  EXPECT_EQ(state().version, version);
}

TEST_F(UpdateTest, of_the_jitter_moves_the_next_due_only) {
  TaskDefinition definition = cron("0 0 * * * *");
  definition.jitter = Duration::minutes(30);
  create(definition);
  ASSERT_GT(*row().next_execution, at("2026-01-01T01:00:00Z"));
  tell(UpdateTask{.definition = cron("0 0 * * * *")});
  EXPECT_EQ(next(), "01:00");
  EXPECT_EQ(row().generation, 1U);
}

TEST_F(UpdateTest, supersedes_a_slot_between_nominal_and_due) {
  TaskDefinition definition = cron("0 0 * * * *");
  definition.jitter = Duration::minutes(30);
  create(definition);
  core.advance_to("2026-01-01T01:00:01Z");
  tell(UpdateTask{.definition = cron("0 30 * * * *")});
  EXPECT_THAT(ledger(), ElementsAre("01:00 SUPERSEDED edited"));
  EXPECT_EQ(next(), "01:30");
}

TEST_F(UpdateTest, that_takes_the_schedule_away_fires_nothing_and_keeps_slot_ids_apart) {
  create(cron("0 0 * * * *"));
  tell(UpdateTask{.definition = once_now()});
  EXPECT_EQ(status(), "CREATED");
  EXPECT_THAT(ledger(), IsEmpty());
  tell(ScheduleTask{});
  EXPECT_EQ(row().generation, 2U);
}

TEST_F(UpdateTest, to_a_moment_in_the_past_is_refused_because_an_edit_fires_nothing) {
  create(once_at("2026-01-01T05:00:00Z"));
  core.advance_to("2026-01-01T00:10:00Z");
  EXPECT_EQ(tell(UpdateTask{.definition = once_at("2026-01-01T00:09:50Z")}),
            "schedule-never-fires");
  EXPECT_EQ(next(), "05:00");
}

TEST_F(UpdateTest, to_fewer_runs_than_there_were_ends_the_schedule) {
  create(every(Duration::hours(1)));
  for (const auto* hour : {"2026-01-01T01:00:00Z", "2026-01-01T02:00:00Z"}) {
    core.advance_to(hour);
    finish();
  }
  TaskDefinition definition = every(Duration::hours(1));
  definition.max_runs = 2;
  tell(UpdateTask{.definition = definition});
  EXPECT_EQ(status(), "COMPLETED");
}

TEST_F(UpdateTest, of_a_cancelled_task_is_refused) {
  create(cron("0 0 * * * *"));
  tell(CancelTask{});
  EXPECT_EQ(tell(UpdateTask{.definition = once_now()}), "illegal-transition");
}

class RunNowTest : public TaskSchedulerTest {};

TEST_F(RunNowTest, makes_a_run_and_no_slot) {
  create(cron("0 0 * * * *"));
  EXPECT_EQ(tell(RunNow{}), "ok");
  EXPECT_EQ(answer.run, (RunId{.task = id, .number = 1}));
  EXPECT_THAT(ledger(), IsEmpty());
  finish();
  EXPECT_EQ(status(), "SCHEDULED");
  EXPECT_EQ(next(), "01:00");
}

TEST_F(RunNowTest, beside_an_active_run_is_refused) {
  create(once_now());
  EXPECT_EQ(tell(RunNow{}), "run-active");
  EXPECT_EQ(tell(RunNow{.overlap = Overlap::allow}), "not-yet");
}

TEST_F(RunNowTest, counts_as_active_for_the_slots_that_follow) {
  create(cron("0 0 * * * *"));
  core.advance_to("2026-01-01T00:59:00Z");
  tell(RunNow{});
  core.advance_to("2026-01-01T01:00:00Z");
  EXPECT_THAT(ledger(), ElementsAre("01:00 SKIPPED_OVERLAP run_active"));
}

TEST_F(RunNowTest, of_a_task_never_armed_leaves_a_recurring_one_created) {
  define(cron("0 0 * * * *"));
  tell(RunNow{});
  EXPECT_EQ(status(), "RUNNING");
  finish();
  EXPECT_EQ(status(), "CREATED");
}

class RetryTest : public TaskSchedulerTest {};

TEST_F(RetryTest, of_a_failed_one_shot_makes_a_new_run_for_its_slot_with_a_full_budget) {
  create(retried(once_now(), 1, Duration::seconds(1)));
  fail_attempt();
  core.advance_to("2026-01-01T00:00:01Z");
  fail_attempt();
  EXPECT_EQ(tell(RetryTask{}), "ok");
  EXPECT_EQ(row().retry_count, 2U);
  EXPECT_EQ(row().current_retries, 0U);
  EXPECT_EQ(runs().at(2).trigger, RunTrigger::retry);
  EXPECT_EQ(runs().at(2).slot, runs().at(1).slot);
  fail_attempt();
  core.advance_to("2026-01-01T00:00:02Z");
  finish();
  EXPECT_EQ(status(), "COMPLETED");
  EXPECT_THAT(ledger(), SizeIs(1));
}

TEST_F(RetryTest, of_a_recurring_task_whose_last_run_failed_runs_it_again) {
  create(cron("0 0 * * * *"));
  core.advance_to("2026-01-01T01:00:00Z");
  fail_attempt();
  EXPECT_EQ(status(), "SCHEDULED");
  EXPECT_EQ(tell(RetryTask{}), "ok");
  finish();
  EXPECT_EQ(status(), "SCHEDULED");
}

TEST_F(RetryTest, of_what_has_not_failed_is_refused_with_a_hint) {
  create(once_now());
  EXPECT_EQ(tell(RetryTask{}), "illegal-transition");
  finish();
  EXPECT_EQ(tell(RetryTask{}), "illegal-transition");
  EXPECT_THAT(answer.hint, HasSubstr("/run"));
}

}  // namespace
}  // namespace carillon
