#include "runtime/engine/intake.h"

#include <string>

#include <gtest/gtest.h>

namespace carillon {
namespace {

EngineInput input(InputClass input_class, std::string payload = {}) {
  return {.to = OperatorName::task_scheduler,
          .type = RecordType::create_task,
          .input_class = input_class,
          .key = "k",
          .payload = std::move(payload),
          .completion = {}};
}

IntakeLimits small() {
  return {.client_records = 1000,
          .client_bytes = 1 << 20,
          .reserved_records = 2,
          .reserved_bytes = 1 << 20};
}

std::vector<EngineInput> all(Intake& intake) {
  std::vector<EngineInput> out;
  intake.drain(1'000'000, 1 << 30, out);
  return out;
}

TEST(Intake, refuses_what_exceeds_its_records_and_leaves_the_input_whole) {
  Intake intake(small());
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(intake.submit(input(InputClass::client)));
  EngineInput one_more = input(InputClass::client, "payload");
  const auto taken = intake.submit(std::move(one_more));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::overloaded);
  EXPECT_EQ(one_more.payload, "payload");
}

TEST(Intake, refuses_what_exceeds_its_bytes_but_takes_one_large_input_when_empty) {
  Intake intake(small());
  ASSERT_TRUE(intake.submit(input(InputClass::client, std::string(2 << 20, 'x'))));
  EXPECT_EQ(intake.submit(input(InputClass::client)).error().code, ErrorCode::overloaded);
}

TEST(Intake, keeps_room_for_reports_when_clients_flood) {
  Intake intake(small());
  while (intake.submit(input(InputClass::client))) {
  }
  EXPECT_TRUE(intake.submit(input(InputClass::kept)));
  EXPECT_TRUE(intake.submit(input(InputClass::droppable)));
}

TEST(Intake, never_refuses_a_kept_report_for_lack_of_room) {
  Intake intake(small());
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(intake.submit(input(InputClass::kept)));
  EXPECT_FALSE(intake.submit(input(InputClass::droppable)));
}

TEST(Intake, gives_reports_first_and_each_room_in_order) {
  Intake intake(small());
  ASSERT_TRUE(intake.submit(input(InputClass::client, "c1")));
  ASSERT_TRUE(intake.submit(input(InputClass::client, "c2")));
  ASSERT_TRUE(intake.submit(input(InputClass::kept, "r1")));
  const auto drained = all(intake);
  ASSERT_EQ(drained.size(), 3U);
  EXPECT_EQ(drained[0].payload, "r1");
  EXPECT_EQ(drained[1].payload, "c1");
  EXPECT_EQ(drained[2].payload, "c2");
  EXPECT_TRUE(intake.empty());
  EXPECT_EQ(intake.depth().client_bytes, 0U);
}

TEST(Intake, drains_no_more_than_the_bounds) {
  Intake intake(small());
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(intake.submit(input(InputClass::client)));
  std::vector<EngineInput> out;
  intake.drain(4, 1 << 20, out);
  EXPECT_EQ(out.size(), 4U);
  intake.drain(100, 1, out);
  EXPECT_EQ(out.size(), 5U) << "one input may exceed the bytes, or it would never leave";
}

TEST(Intake, takes_a_group_whole_or_not_at_all) {
  Intake intake(small());
  for (int i = 0; i < 998; ++i) ASSERT_TRUE(intake.submit(input(InputClass::client)));
  std::vector<EngineInput> group;
  for (int i = 0; i < 3; ++i) group.push_back(input(InputClass::client, "g"));
  EXPECT_EQ(intake.submit_group(group).error().code, ErrorCode::overloaded);
  EXPECT_EQ(group.size(), 3U);
  EXPECT_EQ(intake.depth().client_records, 998U);
  group.pop_back();
  EXPECT_TRUE(intake.submit_group(group));
  EXPECT_EQ(intake.depth().client_records, 1000U);
}

TEST(Intake, refuses_with_the_cause_when_closed_but_takes_reports_until_shutdown) {
  Intake intake(small());
  ASSERT_TRUE(intake.submit(input(InputClass::client)));
  intake.close(Error{.code = ErrorCode::storage_full});
  EXPECT_EQ(intake.submit(input(InputClass::client)).error().code, ErrorCode::storage_full);
  EXPECT_TRUE(intake.submit(input(InputClass::kept)));
  EXPECT_EQ(intake.take_refused().size(), 1U);
  EXPECT_EQ(all(intake).size(), 1U);
  intake.close(Error{.code = ErrorCode::shutting_down});
  EXPECT_EQ(intake.submit(input(InputClass::kept)).error().code, ErrorCode::shutting_down);
  intake.open();
  EXPECT_TRUE(intake.submit(input(InputClass::client)));
}

TEST(Intake, rings_only_when_enough_is_waiting) {
  Doorbell bell;
  Intake intake(small(), &bell);
  EXPECT_FALSE(intake.ring_from(2));
  ASSERT_TRUE(intake.submit(input(InputClass::client)));
  EXPECT_FALSE(bell.take());
  ASSERT_TRUE(intake.submit(input(InputClass::kept)));
  EXPECT_TRUE(bell.take());
  EXPECT_TRUE(intake.ring_from(1));
}

TEST(Intake, gives_what_was_put_back_before_all_else) {
  Intake intake(small());
  ASSERT_TRUE(intake.submit(input(InputClass::kept, "later")));
  std::vector<EngineInput> again;
  again.push_back(input(InputClass::kept, "first"));
  again.push_back(input(InputClass::kept, "second"));
  intake.put_back(std::move(again));
  const auto drained = all(intake);
  EXPECT_EQ(drained[0].payload, "first");
  EXPECT_EQ(drained[1].payload, "second");
  EXPECT_EQ(drained[2].payload, "later");
}

}  // namespace
}  // namespace carillon
