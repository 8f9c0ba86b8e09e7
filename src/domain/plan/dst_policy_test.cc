#include "domain/plan/dst_policy.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

constexpr Duration kHour = Duration::hours(1);
constexpr Duration kDay = Duration::hours(24);

TEST(DstPolicy, of_vixie_moves_fixed_times_and_drops_rhythms_in_a_short_gap) {
  EXPECT_EQ(gap_rule(DstGap::vixie, CronShape::fixed, kHour), DstGap::run_after);
  EXPECT_EQ(gap_rule(DstGap::vixie, CronShape::wildcard, kHour), DstGap::skip);
}

TEST(DstPolicy, of_vixie_takes_shifts_beyond_three_hours_as_they_are) {
  EXPECT_EQ(gap_rule(DstGap::vixie, CronShape::fixed, Duration::hours(3)), DstGap::run_after);
  EXPECT_EQ(gap_rule(DstGap::vixie, CronShape::fixed, kDay), DstGap::skip);
  EXPECT_EQ(overlap_rule(DstOverlap::vixie, CronShape::fixed, kDay), DstOverlap::both);
}

TEST(DstPolicy, of_vixie_runs_fixed_times_once_in_a_fold_and_rhythms_on) {
  EXPECT_EQ(overlap_rule(DstOverlap::vixie, CronShape::fixed, kHour), DstOverlap::first);
  EXPECT_EQ(overlap_rule(DstOverlap::vixie, CronShape::wildcard, kHour), DstOverlap::both);
}

TEST(DstPolicy, by_default_is_that_of_the_dialects_reference) {
  EXPECT_EQ(default_dst_policy(CronDialect::spring),
            (DstPolicy{.gap = DstGap::skip, .overlap = DstOverlap::both}));
  EXPECT_EQ(default_dst_policy(CronDialect::unix_cron),
            (DstPolicy{.gap = DstGap::vixie, .overlap = DstOverlap::vixie}));
  EXPECT_EQ(default_dst_policy(CronDialect::quartz),
            (DstPolicy{.gap = DstGap::skip, .overlap = DstOverlap::vixie}));
}

}  // namespace
}  // namespace carillon
