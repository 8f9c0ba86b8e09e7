// The tables of gaps and folds in golden/.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "domain/cron/golden_rows_testing.h"
#include "domain/plan/plan_testing.h"

namespace carillon {
namespace {

using testing::at;
using testing::golden_list;
using testing::golden_rows;
using testing::GoldenRow;
using testing::short_text;

struct PlanRow {
  explicit PlanRow(const GoldenRow& row)
      : plan(testing::cron_plan(
            {testing::cron(row.columns.at(1), from_word<CronDialect>(row.columns.at(0)).value())},
            row.columns.at(2),
            {.gap = from_word<DstGap>(row.columns.at(3)).value(),
             .overlap = from_word<DstOverlap>(row.columns.at(4)).value()})),
        after(at(row.columns.at(5))),
        until(at(row.columns.at(6))),
        expected(golden_list(row.columns.at(7))) {}

  SchedulePlan plan;
  Instant after;
  Instant until;
  std::vector<std::string> expected;
};

TEST(PlanTable, of_slots_holds_forwards) {
  for (const GoldenRow& golden : golden_rows("slots.txt")) {
    SCOPED_TRACE(golden.where);
    const PlanRow row(golden);
    std::vector<std::string> found;
    for (const PlannedSlot& slot : testing::slots_in(row.plan, row.after, row.until)) {
      found.push_back(short_text(slot));
    }
    EXPECT_EQ(found, row.expected);
  }
}

TEST(PlanTable, of_slots_holds_backwards) {
  for (const GoldenRow& golden : golden_rows("slots.txt")) {
    SCOPED_TRACE(golden.where);
    const PlanRow row(golden);
    std::vector<std::string> found;
    std::optional<PlannedSlot> slot = row.plan.previous(row.until, row.after);
    for (; slot; slot = row.plan.previous(slot->nominal - Duration::milliseconds(1), row.after)) {
      found.push_back(short_text(*slot));
    }
    std::ranges::reverse(found);
    EXPECT_EQ(found, row.expected);
  }
}

TEST(PlanTable, of_slots_agrees_with_the_count) {
  for (const GoldenRow& golden : golden_rows("slots.txt")) {
    SCOPED_TRACE(golden.where);
    const PlanRow row(golden);
    const auto running = std::ranges::count_if(
        row.expected, [](const std::string& slot) { return slot.ends_with('Z'); });
    EXPECT_EQ(row.plan.count_running(row.after, row.until), static_cast<std::uint64_t>(running));
  }
}

TEST(PlanTable, of_skipped_slots_holds) {
  for (const GoldenRow& golden : golden_rows("skips.txt")) {
    SCOPED_TRACE(golden.where);
    const PlanRow row(golden);
    std::vector<std::string> found;
    std::optional<DstSkips> skips = row.plan.next_dst_skips(row.after, row.until);
    for (; skips; skips = row.plan.next_dst_skips(skips->last, row.until)) {
      found.push_back(fmt::format("{} {} {} {}", short_text(skips->first), short_text(skips->last),
                                  skips->count, word_of(skips->dst)));
    }
    EXPECT_EQ(found, row.expected);
  }
}

}  // namespace
}  // namespace carillon
