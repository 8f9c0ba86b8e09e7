#include "core/task_scheduler/slots.h"

#include "core/task_scheduler/testing/task_testing.h"
#include "domain/plan/jitter.h"

namespace carillon {
namespace {

using testing::at;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SlotsTest : public TaskSchedulerTest {
 protected:
  // Runs until then; every attempt completes at once.
  void run_until(std::string_view rfc3339) {
    const Instant end = at(rfc3339);
    while (const auto wake = core.wake_up(OperatorName::task_scheduler, key)) {
      if (*wake > end) break;
      core.advance_to(*wake);
      while (!state().active_runs.empty() && state().status == TaskStatus::running) finish();
    }
    core.advance_to(end);
  }
};

TEST_F(SlotsTest, arming_fires_no_recurring_slot_at_once) {
  create(cron("0 0 * * * *"));
  EXPECT_EQ(status(), "SCHEDULED");
  EXPECT_EQ(next(), "01:00");
  EXPECT_THAT(ledger(), IsEmpty());
}

TEST_F(SlotsTest, cron_slots_start_on_time_one_after_the_other) {
  create(cron("0 0 * * * *"));
  run_until("2026-01-01T03:30:00Z");
  EXPECT_THAT(ledger(), ElementsAre("01:00 STARTED on_time", "02:00 STARTED on_time",
                                    "03:00 STARTED on_time"));
  EXPECT_EQ(next(), "04:00");
}

TEST_F(SlotsTest, every_counts_from_the_arming_instant) {
  core.advance_to("2026-01-01T00:03:20Z");
  create(every(Duration::minutes(5)));
  run_until("2026-01-01T00:14:00Z");
  EXPECT_THAT(ledger(), ElementsAre("00:08:20 STARTED on_time", "00:13:20 STARTED on_time"));
}

TEST_F(SlotsTest, every_with_a_past_start_stays_on_its_grid) {
  TaskDefinition definition = every(Duration::minutes(10));
  definition.schedule.start_at = at("2025-12-31T23:55:00Z");
  create(definition);
  EXPECT_EQ(next(), "00:05");
}

TEST_F(SlotsTest, every_with_a_future_start_begins_there) {
  TaskDefinition definition = every(Duration::minutes(10));
  definition.schedule.start_at = at("2026-01-01T02:00:00Z");
  create(definition);
  EXPECT_EQ(next(), "02:00");
}

TEST_F(SlotsTest, jitter_moves_due_but_neither_nominal_nor_order) {
  TaskDefinition definition = cron("0 0 * * * *");
  definition.jitter = Duration::minutes(30);
  create(definition);
  const Instant nominal = at("2026-01-01T01:00:00Z");
  const Instant expected =
      due(id.value().bytes, nominal, definition.jitter, at("2026-01-01T02:00:00Z"));
  EXPECT_EQ(row().next_execution, expected);
  EXPECT_GT(expected, nominal);
  core.advance_to(expected - Duration::milliseconds(1));
  EXPECT_THAT(ledger(), IsEmpty());
  core.advance_to(expected);
  EXPECT_THAT(ledger(), ElementsAre("01:00 STARTED on_time"));
  EXPECT_EQ(runs().at(1).due, expected);
}

TEST_F(SlotsTest, a_local_time_that_does_not_exist_is_skipped_and_recorded) {
  core.advance_to("2026-03-27T12:00:00Z");
  create(cron("0 30 2 * * *", "Europe/Berlin"));
  run_until("2026-03-30T12:00:00Z");
  EXPECT_THAT(ledger(), ElementsAre("03-28T01:30 STARTED on_time", "03-29T01:30 SKIPPED_DST gap",
                                    "03-30T00:30 STARTED on_time"));
}

TEST_F(SlotsTest, a_slot_is_skipped_while_a_run_is_active) {
  create(cron("0 0 * * * *"));
  core.advance_to("2026-01-01T02:00:00Z");
  EXPECT_THAT(ledger(), ElementsAre("01:00 STARTED on_time", "02:00 SKIPPED_OVERLAP run_active"));
  finish();
  core.advance_to("2026-01-01T03:00:00Z");
  EXPECT_EQ(ledger().back(), "03:00 STARTED on_time");
}

TEST_F(SlotsTest, max_runs_ends_the_schedule) {
  TaskDefinition definition = cron("0 0 * * * *");
  definition.max_runs = 2;
  create(definition);
  run_until("2026-01-01T06:00:00Z");
  EXPECT_THAT(ledger(), ElementsAre("01:00 STARTED on_time", "02:00 STARTED on_time"));
  EXPECT_EQ(status(), "COMPLETED");
  EXPECT_EQ(next(), "none");
  EXPECT_EQ(told(FactType::task_completed), 1U);
}

TEST_F(SlotsTest, skipped_slots_do_not_count_against_max_runs) {
  TaskDefinition definition = cron("0 0 * * * *");
  definition.max_runs = 2;
  create(definition);
  core.advance_to("2026-01-01T02:30:00Z");  // 02:00 was skipped: 01:00 still runs.
  finish();
  core.advance_to("2026-01-01T03:00:00Z");
  finish();
  EXPECT_EQ(runs().size(), 2U);
  EXPECT_EQ(status(), "COMPLETED");
}

TEST_F(SlotsTest, end_at_is_inclusive_and_ends_the_schedule) {
  TaskDefinition definition = cron("0 0 * * * *");
  definition.schedule.end_at = at("2026-01-01T02:00:00Z");
  create(definition);
  run_until("2026-01-01T06:00:00Z");
  EXPECT_THAT(ledger(), ElementsAre("01:00 STARTED on_time", "02:00 STARTED on_time"));
  EXPECT_EQ(status(), "COMPLETED");
}

TEST_F(SlotsTest, a_schedule_without_a_slot_is_refused_and_leaves_no_task) {
  TaskDefinition definition = cron("0 0 * * * *");
  definition.schedule.end_at = at("2025-01-01T00:00:00Z");
  EXPECT_EQ(create(definition), "schedule-never-fires");
  EXPECT_FALSE(core.state(OperatorName::task_scheduler, key, kTaskStateSubkey));
}

TEST_F(SlotsTest, once_now_runs_at_once_and_completes) {
  create(once_now());
  EXPECT_EQ(status(), "RUNNING");
  finish();
  EXPECT_EQ(status(), "COMPLETED");
  EXPECT_THAT(ledger(), ElementsAre("00:00 STARTED on_time"));
}

TEST_F(SlotsTest, ten_minutes_of_an_every_second_schedule_take_every_slot_once) {
  create(every(Duration::seconds(1)));
  run_until("2026-01-01T00:10:00Z");
  EXPECT_EQ(runs().size(), 600U);
  EXPECT_EQ(ledger().size(), 600U);
}

// New rules put the next local times elsewhere: no local time runs twice.
class ZoneChangeTest : public SlotsTest {
 protected:
  void SetUp() override {
    SlotsTest::SetUp();
    zones.add("Moved", "v1", rules({}));
    create(cron("0 0 12 * * *", "Moved"));
    run_until("2026-01-02T13:00:00Z");
  }

  static ZoneRules rules(std::vector<std::pair<std::int64_t, std::int64_t>> changes) {
    return ZoneRules::parse(
               testing::HandMadeZone{.changes = std::move(changes), .footer = "AAA0"}.bytes())
        .value();
  }
  static std::int64_t second(std::string_view rfc3339) { return at(rfc3339).unix_ms() / 1000; }
};

TEST_F(ZoneChangeTest, that_moves_slots_begins_a_new_generation) {
  // From the 3rd on the zone is two hours ahead.
  zones.add(
      "Moved", "v2",
      ZoneRules::parse(testing::HandMadeZone{.changes = {{second("2026-01-03T00:00:00Z"), 7200}},
                                             .footer = "BBB-2"}
                           .bytes())
          .value());
  report(ZoneRulesChanged{.fingerprint = "v2"});
  EXPECT_EQ(row().generation, 2U);
  EXPECT_EQ(next(), "01-03T10:00");
  run_until("2026-01-04T00:00:00Z");
  EXPECT_THAT(ledger(), ElementsAre("12:00 STARTED on_time", "01-02T12:00 STARTED on_time",
                                    "01-03T10:00 STARTED on_time"));
}

TEST_F(ZoneChangeTest, of_the_past_alone_changes_only_the_fingerprint) {
  zones.add("Moved", "v2",
            rules({{second("1980-01-01T00:00:00Z"), 3600}, {second("1990-01-01T00:00:00Z"), 0}}));
  const TaskVersion before = state().version;
  report(ZoneRulesChanged{.fingerprint = "v2"});
  EXPECT_EQ(row().generation, 1U);
  EXPECT_EQ(state().version, before);
  EXPECT_EQ(state().schedule.fingerprint, "v2");
}

TEST_F(ZoneChangeTest, that_puts_a_slot_into_the_past_makes_it_due_at_once) {
  core.advance_to("2026-01-03T11:30:00Z");
  // The zone is an hour ahead since this morning: it is 12:30 there.
  zones.add(
      "Moved", "v2",
      ZoneRules::parse(testing::HandMadeZone{.changes = {{second("2026-01-03T00:00:00Z"), 3600}},
                                             .footer = "BBB-1"}
                           .bytes())
          .value());
  report(ZoneRulesChanged{.fingerprint = "v2"});
  EXPECT_EQ(ledger().back(), "01-03T11:00 CAUGHT_UP run_latest");
}

}  // namespace
}  // namespace carillon
