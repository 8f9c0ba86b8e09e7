#include "domain/plan/schedule_plan.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "domain/plan/plan_testing.h"

namespace carillon {
namespace {

using testing::at;
using testing::cron;
using testing::cron_plan;
using testing::short_text;

std::vector<std::string> texts(const SchedulePlan& plan, std::string_view after,
                               std::string_view until) {
  std::vector<std::string> found;
  for (const PlannedSlot& slot : testing::slots_in(plan, at(after), at(until))) {
    found.push_back(short_text(slot));
  }
  return found;
}

using Texts = std::vector<std::string>;

SchedulePlan every(Duration step, std::string_view anchor) {
  return SchedulePlan({.schedule = EverySchedule{.every = step, .anchor = at(anchor)}});
}

TEST(CronPlan, answers_only_after_the_given_instant) {
  const SchedulePlan plan = cron_plan({cron("0 0 * * * *")}, "UTC");
  EXPECT_EQ(short_text(*plan.next(at("2026-01-01T01:00:00Z"))), "2026-01-01T02:00:00Z");
  EXPECT_EQ(short_text(*plan.next(at("2026-01-01T00:59:59.999Z"))), "2026-01-01T01:00:00Z");
}

TEST(CronPlan, looks_back_to_the_instant_itself_but_not_to_the_floor) {
  const SchedulePlan plan = cron_plan({cron("0 0 * * * *")}, "UTC");
  const Instant one = at("2026-01-01T01:00:00Z");
  EXPECT_EQ(plan.previous(one, Instant{})->nominal, one);
  EXPECT_FALSE(plan.previous(one, one));
}

TEST(CronPlan, is_the_union_of_its_expressions_without_doubles) {
  const SchedulePlan plan =
      cron_plan({cron("0 */20 * * * *"), cron("0 */30 * * * *")}, "Europe/Berlin");
  EXPECT_EQ(texts(plan, "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"),
            (Texts{"2026-01-01T00:20:00Z", "2026-01-01T00:30:00Z", "2026-01-01T00:40:00Z",
                   "2026-01-01T01:00:00Z"}));
  EXPECT_EQ(plan.count_running(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")),
            365U * 24 * 4);
}

TEST(CronPlan, runs_a_slot_in_a_gap_if_one_of_two_expressions_would) {
  // 02:30 is skipped, but 03:30 lands on the same instant.
  const SchedulePlan plan =
      cron_plan({cron("0 30 2 * * *"), cron("0 30 3 * * *")}, "Europe/Berlin");
  EXPECT_EQ(texts(plan, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"),
            (Texts{"2026-03-29T01:30:00Z"}));
}

TEST(CronPlan, keeps_start_and_end_inclusive) {
  const SchedulePlan plan(
      {.schedule = CronSchedule{.crons = {cron("0 0 * * * *")}, .zone = &ZoneRules::utc()},
       .start_at = at("2026-01-01T02:00:00Z"),
       .end_at = at("2026-01-01T03:00:00Z")});
  EXPECT_EQ(texts(plan, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
            (Texts{"2026-01-01T02:00:00Z", "2026-01-01T03:00:00Z"}));
  EXPECT_EQ(plan.count_running(Instant{}, kInstantMax), 2U);
  EXPECT_EQ(short_text(*plan.previous(kInstantMax, Instant{})), "2026-01-01T03:00:00Z");
  EXPECT_FALSE(plan.next(at("2026-01-01T03:00:00Z")));
}

TEST(CronPlan, ends_with_the_year_2199) {
  const SchedulePlan plan = cron_plan({cron("59 59 23 31 12 *")}, "UTC");
  EXPECT_EQ(short_text(*plan.next(at("2198-12-31T23:59:59Z"))), "2199-12-31T23:59:59Z");
  EXPECT_FALSE(plan.next(at("2199-12-31T23:59:59Z")));
}

TEST(CronPlan, leaves_out_skipped_slots_when_asked_for_running_ones) {
  const SchedulePlan plan =
      cron_plan({cron("0 * * * * *")}, "Europe/Berlin", {.overlap = DstOverlap::second});
  EXPECT_EQ(short_text(*plan.next_running(at("2026-10-24T23:59:00Z"))), "2026-10-25T01:00:00Z");
}

TEST(CronPlan, finds_no_running_slot_when_daylight_saving_skips_every_one) {
  // The last Sunday of March at 02:30 never exists in Berlin under the present rule.
  const SchedulePlan plan = cron_plan({cron("0 30 2 * 3 SUNL")}, "Europe/Berlin");
  EXPECT_FALSE(plan.next_running(at("2026-01-01T00:00:00Z")));
  EXPECT_EQ(short_text(*plan.next(at("2026-01-01T00:00:00Z"))), "2026-03-29T01:30:00Z gap");
}

TEST(CronPlan, counts_a_year_of_seconds_with_both_changes) {
  const Instant from = at("2026-01-01T00:00:00Z");
  const Instant to = at("2027-01-01T00:00:00Z");
  const std::uint64_t year = 365U * 86'400U;
  const auto count = [&](DstPolicy dst) {
    return cron_plan({cron("* * * * * *")}, "Europe/Berlin", dst).count_running(from, to);
  };
  EXPECT_EQ(count({}), year);
  EXPECT_EQ(count({.overlap = DstOverlap::first}), year - 3'600);
  EXPECT_EQ(count({.gap = DstGap::shift, .overlap = DstOverlap::second}), year - 3'600);
}

TEST(CronPlan, names_the_local_time_that_a_gap_moved) {
  const SchedulePlan shift =
      cron_plan({cron("0 30 2 * * *")}, "Europe/Berlin", {.gap = DstGap::shift});
  EXPECT_EQ(to_text(*shift.gap_time(at("2026-03-29T01:30:00Z"))), "2026-03-29T02:30:00");
  EXPECT_FALSE(shift.gap_time(at("2026-03-30T00:30:00Z")));
  const SchedulePlan after =
      cron_plan({cron("0 30 2 * * *")}, "Europe/Berlin", {.gap = DstGap::run_after});
  EXPECT_EQ(to_text(*after.gap_time(at("2026-03-29T01:00:00Z"))), "2026-03-29T02:30:00");
}

TEST(CronPlan, names_the_day_that_apia_left_out) {
  const SchedulePlan plan = cron_plan({cron("0 0 12 * * *")}, "Pacific/Apia");
  EXPECT_EQ(to_text(*plan.gap_time(at("2011-12-30T22:00:00Z"))), "2011-12-30T12:00:00");
}

TEST(EveryPlan, begins_at_its_anchor_and_keeps_the_grid) {
  const SchedulePlan plan = every(Duration::minutes(5), "2026-01-01T00:01:00Z");
  EXPECT_EQ(texts(plan, "2025-01-01T00:00:00Z", "2026-01-01T00:11:00Z"),
            (Texts{"2026-01-01T00:01:00Z", "2026-01-01T00:06:00Z", "2026-01-01T00:11:00Z"}));
}

TEST(EveryPlan, that_is_armed_at_its_anchor_first_fires_one_step_later) {
  const SchedulePlan plan = every(Duration::minutes(5), "2026-01-01T00:00:00Z");
  EXPECT_EQ(short_text(*plan.next(at("2026-01-01T00:00:00Z"))), "2026-01-01T00:05:00Z");
}

TEST(EveryPlan, knows_nothing_of_daylight_saving) {
  const SchedulePlan plan = every(Duration::days(1), "2026-03-28T01:30:00Z");
  EXPECT_EQ(texts(plan, "2026-03-28T01:30:00Z", "2026-03-30T12:00:00Z"),
            (Texts{"2026-03-29T01:30:00Z", "2026-03-30T01:30:00Z"}));
  EXPECT_FALSE(plan.next_dst_skips(Instant{}, kInstantMax));
}

TEST(EveryPlan, counts_and_looks_back_by_arithmetic) {
  const SchedulePlan plan = every(Duration::seconds(1), "2026-01-01T00:00:00Z");
  EXPECT_EQ(plan.count_running(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")),
            365U * 86'400U);
  EXPECT_EQ(plan.count_running(at("2026-01-01T00:00:00.100Z"), at("2026-01-01T00:00:00.900Z")), 0U);
  EXPECT_EQ(short_text(*plan.previous(at("2026-01-01T00:00:09.999Z"), Instant{})),
            "2026-01-01T00:00:09Z");
  EXPECT_FALSE(plan.previous(at("2025-12-31T23:59:59Z"), Instant{}));
}

TEST(SinglePlan, has_one_slot) {
  const Instant once = at("2026-01-01T00:00:00.123Z");
  const SchedulePlan plan({.schedule = SingleSchedule{.at = once}});
  EXPECT_EQ(plan.next(Instant{})->nominal, once);
  EXPECT_FALSE(plan.next(once));
  EXPECT_EQ(plan.previous(once, Instant{})->nominal, once);
  EXPECT_EQ(plan.count_running(Instant{}, kInstantMax), 1U);
}

}  // namespace
}  // namespace carillon
