#include "core/task_scheduler/testing/task_testing.h"

namespace carillon {
namespace {

using testing::at;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PauseTest : public TaskSchedulerTest {};

TEST_F(PauseTest, of_a_recurring_task_gives_up_its_slots_as_one_range) {
  create(cron("0 0 * * * *"));
  EXPECT_EQ(tell(PauseTask{.reason = "maintenance"}), "ok");
  EXPECT_EQ(status(), "PAUSED");
  EXPECT_EQ(next(), "none");
  core.advance_to("2026-01-01T05:30:00Z");
  EXPECT_THAT(ledger(), IsEmpty());  // No wake-up while it is paused.
  EXPECT_EQ(tell(ResumeTask{}), "ok");
  EXPECT_THAT(ledger(), ElementsAre("01:00..05:00 x5 SKIPPED_PAUSED user"));
  EXPECT_EQ(status(), "SCHEDULED");
  EXPECT_EQ(next(), "06:00");
}

TEST_F(PauseTest, keeps_the_slot_of_a_one_shot_for_the_misfire_policy) {
  create(once_at("2026-01-01T01:00:00Z"));
  tell(PauseTask{});
  core.advance_to("2026-01-01T05:00:00Z");
  tell(ResumeTask{});
  EXPECT_THAT(ledger(), ElementsAre("01:00 CAUGHT_UP run_latest"));
}

TEST_F(PauseTest, a_one_shot_resumed_within_a_minute_starts_late_for_that) {
  create(once_at("2026-01-01T01:00:00Z"));
  tell(PauseTask{});
  core.advance_to("2026-01-01T01:00:20Z");
  tell(ResumeTask{});
  EXPECT_THAT(ledger(), ElementsAre("01:00 STARTED_LATE resumed"));
}

TEST_F(PauseTest, until_a_moment_resumes_by_itself) {
  create(cron("0 0 * * * *"));
  tell(PauseTask{.until = at("2026-01-01T02:30:00Z")});
  core.advance_to("2026-01-01T02:29:59Z");
  EXPECT_EQ(status(), "PAUSED");
  core.advance_to("2026-01-01T02:30:00Z");
  EXPECT_EQ(status(), "SCHEDULED");
  EXPECT_THAT(ledger(), ElementsAre("01:00..02:00 x2 SKIPPED_PAUSED user"));
}

TEST_F(PauseTest, until_the_past_is_refused) {
  create(cron("0 0 * * * *"));
  EXPECT_EQ(tell(PauseTask{.until = core.now()}), "invalid-value");
  EXPECT_EQ(status(), "SCHEDULED");
}

TEST_F(PauseTest, holds_at_once_but_shows_when_the_active_run_has_ended) {
  create(cron("0 0 * * * *"));
  core.advance_to("2026-01-01T01:00:00Z");
  tell(PauseTask{});
  EXPECT_EQ(status(), "RUNNING");
  core.advance_to("2026-01-01T02:30:00Z");
  finish();
  EXPECT_EQ(status(), "PAUSED");
  tell(ResumeTask{});
  EXPECT_EQ(ledger().back(), "02:00 SKIPPED_PAUSED user");
}

TEST_F(PauseTest, again_updates_the_reason_and_keeps_the_time) {
  create(cron("0 0 * * * *"));
  tell(PauseTask{.reason = "one"});
  core.advance_to("2026-01-01T00:10:00Z");
  EXPECT_EQ(tell(PauseTask{.reason = "two"}), "ok");
  EXPECT_EQ(row().pause->reason, "two");
  EXPECT_EQ(row().pause->at, at("2026-01-01T00:00:00Z"));
}

TEST_F(PauseTest, of_a_task_without_a_schedule_at_work_is_refused) {
  define(cron("0 0 * * * *"));
  EXPECT_EQ(tell(PauseTask{}), "illegal-transition");
}

TEST_F(PauseTest, resuming_what_is_not_paused_changes_nothing) {
  create(cron("0 0 * * * *"));
  const TaskVersion before = state().version;
  EXPECT_EQ(tell(ResumeTask{}), "ok");
  EXPECT_EQ(state().version, before);
}

TEST_F(PauseTest, a_run_by_hand_works_and_leaves_the_task_paused) {
  create(cron("0 0 * * * *"));
  tell(PauseTask{});
  EXPECT_EQ(tell(RunNow{}), "ok");
  EXPECT_EQ(status(), "RUNNING");
  finish();
  EXPECT_EQ(status(), "PAUSED");
}

TEST_F(PauseTest, on_failure_pauses_and_the_ledger_says_why) {
  TaskDefinition definition = cron("0 0 * * * *");
  definition.pause_on_failure = true;
  create(definition);
  core.advance_to("2026-01-01T01:00:00Z");
  fail_attempt();
  EXPECT_EQ(status(), "PAUSED");
  core.advance_to("2026-01-01T03:30:00Z");
  tell(ResumeTask{});
  EXPECT_EQ(ledger().back(), "02:00..03:00 x2 SKIPPED_PAUSED failure");
}

// The slots of the pause had no record at all after an edit of the plan.
TEST_F(PauseTest, an_edit_of_the_plan_closes_the_range_of_the_pause) {
  create(cron("0 0 * * * *"));
  tell(PauseTask{});
  core.advance_to("2026-01-01T03:30:00Z");
  tell(UpdateTask{.definition = cron("0 0 */2 * * *")});
  core.advance_to("2026-01-01T06:30:00Z");
  tell(ResumeTask{});
  EXPECT_THAT(ledger(), ElementsAre("01:00..03:00 x3 SKIPPED_PAUSED user",
                                    "04:00..06:00 x2 SKIPPED_PAUSED user"));
}

TEST_F(PauseTest, a_year_on_an_every_second_schedule_is_one_range) {
  create(every(Duration::seconds(1)));
  tell(PauseTask{});
  core.advance_to("2027-01-01T00:00:00Z");
  tell(ResumeTask{});
  EXPECT_THAT(ledger(), ElementsAre("00:00:01..01-01T00:00 x31536000 SKIPPED_PAUSED user"));
}

}  // namespace
}  // namespace carillon
