// Slots that could not be decided in time.
#include "core/task_scheduler/testing/task_testing.h"

namespace carillon {
namespace {

using testing::at;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class MisfireTest : public TaskSchedulerTest {};

TEST_F(MisfireTest, a_slot_late_by_more_than_a_second_starts_late) {
  create(cron("0 0 * * * *"));
  core.resume_at("2026-01-01T01:00:01.001Z");
  EXPECT_THAT(ledger(), ElementsAre("01:00 STARTED_LATE busy"));
}

TEST_F(MisfireTest, a_slot_late_by_a_minute_still_runs_whatever_the_policy) {
  TaskDefinition definition = cron("0 0 * * * *");
  definition.misfire = Misfire::skip;
  create(definition);
  core.resume_at("2026-01-01T01:01:00Z");
  EXPECT_THAT(ledger(), ElementsAre("01:00 STARTED_LATE busy"));
}

TEST_F(MisfireTest, run_latest_runs_the_newest_missed_slot_once) {
  create(cron("0 0 * * * *"));
  core.resume_at("2026-01-01T05:30:00Z");
  EXPECT_THAT(ledger(), ElementsAre("01:00..04:00 x4 SKIPPED_MISFIRE newer_slot",
                                    "05:00 CAUGHT_UP run_latest"));
  EXPECT_EQ(runs().at(1).trigger, RunTrigger::catch_up);
}

TEST_F(MisfireTest, a_later_slot_that_is_only_late_runs_in_place_of_the_missed_ones) {
  create(cron("0 0 * * * *"));
  core.resume_at("2026-01-01T05:00:30Z");
  EXPECT_THAT(ledger(),
              ElementsAre("01:00..04:00 x4 SKIPPED_MISFIRE newer_slot", "05:00 STARTED_LATE busy"));
}

TEST_F(MisfireTest, skip_runs_none) {
  TaskDefinition definition = cron("0 0 * * * *");
  definition.misfire = Misfire::skip;
  create(definition);
  core.resume_at("2026-01-01T05:30:00Z");
  EXPECT_THAT(ledger(), ElementsAre("01:00..05:00 x5 SKIPPED_MISFIRE policy_skip"));
  EXPECT_EQ(status(), "SCHEDULED");
  EXPECT_EQ(next(), "06:00");
}

TEST_F(MisfireTest, misfire_after_says_what_counts_as_missed) {
  TaskDefinition definition = cron("0 0 * * * *");
  definition.misfire = Misfire::skip;
  definition.misfire_after = Duration::minutes(10);
  create(definition);
  core.resume_at("2026-01-01T01:05:00Z");
  EXPECT_THAT(ledger(), ElementsAre("01:00 STARTED_LATE busy"));
}

TEST_F(MisfireTest, a_missed_slot_does_not_run_beside_an_active_run) {
  create(cron("0 0 * * * *"));
  core.advance_to("2026-01-01T01:00:00Z");
  core.resume_at("2026-01-01T04:30:00Z");
  EXPECT_THAT(ledger(),
              ElementsAre("01:00 STARTED on_time", "02:00..03:00 x2 SKIPPED_MISFIRE newer_slot",
                          "04:00 SKIPPED_OVERLAP run_active"));
}

TEST_F(MisfireTest, a_year_down_on_an_every_second_schedule_is_one_range_and_one_run) {
  TaskDefinition definition = every(Duration::seconds(1));
  create(definition);
  core.resume_at("2027-01-01T00:00:00Z");
  // The last 60 seconds are only late: one starts, the others find it active.
  EXPECT_EQ(ledger().front(), "00:00:01..12-31T23:58:59 x31535939 SKIPPED_MISFIRE newer_slot");
  EXPECT_EQ(ledger()[1], "12-31T23:59 STARTED_LATE busy");
  EXPECT_THAT(ledger(), SizeIs(62));
  EXPECT_EQ(runs().size(), 1U);
}

TEST_F(MisfireTest, a_minute_down_on_an_every_second_schedule_starts_once) {
  create(every(Duration::seconds(1)));
  core.resume_at("2026-01-01T00:01:00Z");
  EXPECT_EQ(ledger().front(), "00:00:01 STARTED_LATE busy");
  EXPECT_THAT(ledger(), SizeIs(60));
  EXPECT_EQ(runs().size(), 1U);
}

TEST_F(MisfireTest, more_late_slots_than_a_step_decides_are_taken_in_several_steps) {
  TaskDefinition definition = every(Duration::seconds(1));
  definition.misfire_after = Duration::hours(1);
  create(definition);
  core.resume_at("2026-01-01T00:30:00Z");
  EXPECT_THAT(ledger(), SizeIs(1800));
  EXPECT_EQ(runs().size(), 1U);
}

// The newest missed slot was one that daylight saving skips, and then nothing ran at all.
TEST_F(MisfireTest, the_newest_slot_that_daylight_saving_lets_run_is_caught_up) {
  core.advance_to("2026-03-26T12:00:00Z");
  create(cron("0 30 2 * * *", "Europe/Berlin"));
  core.resume_at("2026-03-29T12:00:00Z");
  EXPECT_THAT(ledger(),
              ElementsAre("03-27T01:30 SKIPPED_MISFIRE newer_slot",
                          "03-28T01:30 CAUGHT_UP run_latest", "03-29T01:30 SKIPPED_DST gap"));
}

// A missed slot was caught up although its deadline had passed, and its run failed at once.
TEST_F(MisfireTest, a_slot_whose_deadline_has_passed_is_skipped_for_that) {
  TaskDefinition definition = cron("0 0 * * * *");
  definition.timeouts.deadline = Duration::minutes(10);
  create(definition);
  core.resume_at("2026-01-01T03:30:00Z");
  EXPECT_THAT(ledger(), ElementsAre("01:00..03:00 x3 SKIPPED_MISFIRE deadline"));
  EXPECT_EQ(runs().size(), 0U);
}

TEST_F(MisfireTest, a_missed_slot_within_its_deadline_is_caught_up) {
  TaskDefinition definition = cron("0 0 * * * *");
  definition.timeouts.deadline = Duration::hours(1);
  create(definition);
  core.resume_at("2026-01-01T03:30:00Z");
  EXPECT_THAT(ledger(), ElementsAre("01:00..02:00 x2 SKIPPED_MISFIRE deadline",
                                    "03:00 CAUGHT_UP run_latest"));
}

TEST_F(MisfireTest, a_one_shot_is_caught_up_as_soon_as_possible) {
  create(once_at("2026-01-01T01:00:00Z"));
  core.resume_at("2026-01-09T00:00:00Z");
  EXPECT_THAT(ledger(), ElementsAre("01:00 CAUGHT_UP run_latest"));
  finish();
  EXPECT_EQ(status(), "COMPLETED");
}

TEST_F(MisfireTest, a_one_shot_whose_slot_is_skipped_has_failed) {
  TaskDefinition definition = once_at("2026-01-01T01:00:00Z");
  definition.misfire = Misfire::skip;
  create(definition);
  core.resume_at("2026-01-01T02:00:00Z");
  EXPECT_EQ(status(), "FAILED");
  EXPECT_EQ(told(FactType::task_failed), 1U);
  EXPECT_EQ(facts().back().outcome->error_code, "slot-skipped");
}

// The task stayed FAILED for ever, whatever a run by hand brought.
TEST_F(MisfireTest, a_run_by_hand_of_a_skipped_one_shot_counts) {
  TaskDefinition definition = once_at("2026-01-01T01:00:00Z");
  definition.misfire = Misfire::skip;
  create(definition);
  core.resume_at("2026-01-01T02:00:00Z");
  EXPECT_EQ(tell(RunNow{}), "ok");
  finish();
  EXPECT_EQ(status(), "COMPLETED");
}

TEST_F(MisfireTest, commands_settle_what_is_due_before_they_act) {
  create(cron("0 0 * * * *"));
  core.resume_at("2026-01-01T00:59:59Z");
  // Nothing else has been delivered since 01:00 when the pause comes.
  core.post(key, PauseTask{.header = {.id = CommandId(derived_uuid("p")), .by = "ops"}});
  core.resume_at("2026-01-01T01:00:05Z");
  EXPECT_THAT(ledger(), ElementsAre("01:00 STARTED_LATE busy"));
  EXPECT_TRUE(state().pause);
}

}  // namespace
}  // namespace carillon
