#include "core/command_deduplicator/command_deduplicator.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/id/derived_ids.h"
#include "domain/limits.h"
#include "support/core_harness.h"

namespace carillon {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Key kKey = "client-1/order-77";
const TaskId kTask{derived_uuid("a task")};

CommandId command_id(const std::string& name) { return CommandId(derived_uuid(name)); }

KeyedCommand command(const std::string& name, std::string fingerprint = "print") {
  return {.id = command_id(name),
          .fingerprint = std::move(fingerprint),
          .target = Key(kTask.value().raw()),
          .type = RecordType::run_now,
          .payload = to_wire(RunNow{.header = {.id = command_id(name), .reply_key = kKey}})};
}

TaskAnswer answer(const std::string& name) {
  return {.command = command_id(name), .task = kTask, .version = TaskVersion(4)};
}

// A deduplicator on a host that delivers everything twice; the test plays the task.
class CommandDeduplicatorTest : public testing::Test {
 protected:
  void TearDown() override { EXPECT_THAT(core.complaints(), IsEmpty()); }

  template <class Payload>
  void tell(const Payload& payload) {
    core.submit(kKey, payload);
  }

  // The answers told since the last call.
  std::vector<TaskAnswer> answers() {
    auto told = core.told_of<TaskAnswer>(FactType::task_answer);
    core.forget_effects();
    return told;
  }

  CoreHarness core{
      {.operators = {OperatorName::command_deduplicator}, .delivery = Delivery::twice}};
};

using KeyedCommandTest = CommandDeduplicatorTest;
using CommandAnsweredTest = CommandDeduplicatorTest;

TEST_F(KeyedCommandTest, passes_the_command_to_its_task_once) {
  tell(command("first"));
  tell(command("first"));
  ASSERT_THAT(core.sent(), SizeIs(1));
  EXPECT_EQ(core.sent()[0].to, OperatorName::task_scheduler);
  EXPECT_EQ(core.sent()[0].key, kTask.value().raw());
  EXPECT_EQ(core.sent()[0].type, RecordType::run_now);
  EXPECT_EQ(core.sent()[0].payload, command("first").payload);
  EXPECT_THAT(core.told(), IsEmpty());
}

TEST_F(KeyedCommandTest, sent_again_gets_the_first_answer_under_its_own_id) {
  tell(command("first"));
  tell(CommandAnswered{answer("first")});
  core.forget_effects();
  tell(command("second"));
  EXPECT_THAT(core.sent(), IsEmpty());
  TaskAnswer expected = answer("first");
  expected.command = command_id("second");
  expected.replayed = true;
  EXPECT_THAT(answers(), ElementsAre(expected));
}

TEST_F(KeyedCommandTest, sent_again_too_early_is_told_to_wait) {
  tell(command("first"));
  tell(command("second"));
  const auto told = answers();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].command, command_id("second"));
  EXPECT_EQ(told[0].problem, "request-in-progress");
}

TEST_F(KeyedCommandTest, with_another_request_is_refused) {
  tell(command("first"));
  tell(CommandAnswered{answer("first")});
  core.forget_effects();
  tell(command("second", "another print"));
  const auto told = answers();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].command, command_id("second"));
  EXPECT_EQ(told[0].problem, "idempotency-key-reused");
  EXPECT_FALSE(told[0].message.empty());
  EXPECT_FALSE(told[0].hint.empty());
}

TEST_F(KeyedCommandTest, is_remembered_for_a_day_and_then_forgotten) {
  tell(command("first"));
  tell(CommandAnswered{answer("first")});
  core.advance_to(core.now() + limits::kIdempotencyWindow - Duration::milliseconds(1));
  EXPECT_THAT(core.states(), SizeIs(1));
  core.advance_to(core.now() + Duration::milliseconds(1));
  EXPECT_THAT(core.states(), IsEmpty());
  core.forget_effects();
  tell(command("second", "another print"));
  EXPECT_THAT(core.sent(), SizeIs(1));
}

TEST_F(CommandAnsweredTest, is_told_to_the_world_once) {
  tell(command("first"));
  tell(CommandAnswered{answer("first")});
  tell(CommandAnswered{answer("first")});
  ASSERT_THAT(core.told(), SizeIs(1));
  EXPECT_EQ(core.told()[0].topic, Topic::task_responses);
  EXPECT_EQ(core.told()[0].entity, kTask.value().raw());
  EXPECT_THAT(answers(), ElementsAre(answer("first")));
}

TEST_F(CommandAnsweredTest, for_another_command_changes_nothing) {
  tell(CommandAnswered{answer("first")});
  EXPECT_THAT(core.states(), IsEmpty());
  tell(command("first"));
  const auto before = core.states();
  tell(CommandAnswered{answer("another")});
  EXPECT_EQ(core.states(), before);
  EXPECT_THAT(answers(), IsEmpty());
}

TEST_F(CommandAnsweredTest, that_the_server_was_busy_is_told_and_not_remembered) {
  tell(command("first"));
  TaskAnswer busy = answer("first");
  busy.problem = "overloaded";
  tell(CommandAnswered{busy});
  EXPECT_THAT(answers(), ElementsAre(busy));
  EXPECT_THAT(core.states(), IsEmpty());
  EXPECT_EQ(core.wake_up(OperatorName::command_deduplicator, kKey), std::nullopt);
  tell(command("second"));
  EXPECT_THAT(core.sent(), SizeIs(1));
}

TEST_F(CommandAnsweredTest, that_the_request_was_wrong_is_remembered) {
  tell(command("first"));
  TaskAnswer refused = answer("first");
  refused.problem = "illegal-transition";
  tell(CommandAnswered{refused});
  answers();
  tell(command("second"));
  const auto told = answers();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].problem, "illegal-transition");
  EXPECT_TRUE(told[0].replayed);
}

}  // namespace
}  // namespace carillon
