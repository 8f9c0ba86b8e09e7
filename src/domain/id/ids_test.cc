#include "domain/id/ids.h"

#include <gtest/gtest.h>

#include "base/wire.h"

namespace carillon {
namespace {

constexpr const char* kTask = "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";

TEST(Ids, read_exactly_what_they_write) {
  const TaskId task = parse_task_id(kTask).value();
  const RunId run{.task = task, .number = 12};
  const AttemptId attempt{.run = run, .number = 3};
  const SlotId slot{.task = task,
                    .kind = SeriesKind::backfill,
                    .series = 2,
                    .nominal = Instant::from_unix_ms(1'000)};
  EXPECT_EQ(to_text(run), std::string(kTask) + ".12");
  EXPECT_EQ(parse_run_id(to_text(run)), run);
  EXPECT_EQ(parse_attempt_id(to_text(attempt)), attempt);
  EXPECT_EQ(to_text(slot), std::string(kTask) + ":b2:1970-01-01T00:00:01.000Z");
  EXPECT_EQ(parse_slot_id(to_text(slot)), slot);
}

TEST(Ids, refuse_anything_else) {
  const std::string task = kTask;
  for (const std::string& text : {std::string{}, task + ".", task + ".0", task + ".01",
                                  task + ".1x", task + ".-1", task + "x1", task + ".4294967296"}) {
    EXPECT_FALSE(parse_run_id(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_slot_id(task + ":x1:1970-01-01T00:00:01.000Z").has_value());
  EXPECT_FALSE(parse_attempt_id(task + ".1").has_value());
}

}  // namespace
}  // namespace carillon
