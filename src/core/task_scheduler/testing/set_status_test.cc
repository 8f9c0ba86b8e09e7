// The whole table of legal changes of status by hand.
#include "core/task_scheduler/testing/task_testing.h"

namespace carillon {
namespace {

// What a request from one status to another comes to: "-" is refused, "=" changes nothing, any
// other text is the status afterwards.
struct TableRow {
  std::string_view from;
  std::array<std::string_view, 7> to;  // In the order of TaskStatus.
};

constexpr std::array kStatuses{TaskStatus::created,   TaskStatus::scheduled, TaskStatus::running,
                               TaskStatus::completed, TaskStatus::failed,    TaskStatus::paused,
                               TaskStatus::cancelled};

// clang-format off
constexpr std::array kTable{
    TableRow{"CREATED", {"=", "SCHEDULED", "RUNNING", "-", "-", "-", "CANCELLED"}},
    TableRow{"SCHEDULED", {"-", "=", "RUNNING", "-", "-", "PAUSED", "CANCELLED"}},
    TableRow{"RUNNING", {"-", "-", "=", "COMPLETED", "FAILED", "RUNNING", "CANCELLED"}},
    TableRow{"COMPLETED", {"-", "SCHEDULED", "RUNNING", "=", "-", "-", "-"}},
    TableRow{"FAILED", {"-", "SCHEDULED", "RUNNING", "-", "=", "-", "CANCELLED"}},
    TableRow{"PAUSED", {"-", "SCHEDULED", "RUNNING", "-", "-", "=", "CANCELLED"}},
    TableRow{"CANCELLED", {"-", "-", "-", "-", "-", "-", "="}},
};
// clang-format on

class SetStatusTest : public TaskSchedulerTest,
                      public ::testing::WithParamInterface<std::tuple<TableRow, TaskStatus>> {
 protected:
  // A one-shot in one hour, brought to that status.
  void bring_to(std::string_view wanted) {
    define(once_at("2026-01-01T01:00:00Z"));
    if (wanted == "CREATED") return;
    if (wanted == "SCHEDULED" || wanted == "PAUSED") tell(ScheduleTask{});
    if (wanted == "PAUSED") tell(PauseTask{});
    if (wanted == "CANCELLED") tell(CancelTask{});
    if (wanted == "RUNNING" || wanted == "COMPLETED" || wanted == "FAILED") tell(RunNow{});
    if (wanted == "COMPLETED") finish();
    if (wanted == "FAILED") fail_attempt();
  }
};

TEST_P(SetStatusTest, goes_by_the_table) {
  const auto& [from, wanted] = GetParam();
  bring_to(from.from);
  ASSERT_EQ(status(), from.from);
  const std::string_view expected = from.to[static_cast<std::size_t>(wanted)];
  const TaskVersion version = state().version;

  const std::string problem = tell(SetStatus{.status = wanted});

  if (expected == "-") {
    EXPECT_EQ(problem, "illegal-transition");
    EXPECT_FALSE(answer.hint.empty());
  } else {
    EXPECT_EQ(problem, "ok") << answer.message;
  }
  const bool stays = expected == "-" || expected == "=";
  EXPECT_EQ(status(), stays ? from.from : expected);
  // A pause of the paused is told again: its reason may be another.
  const bool tells_again = from.from == "PAUSED" && wanted == TaskStatus::paused;
  if (stays && !tells_again) EXPECT_EQ(state().version, version);
}

INSTANTIATE_TEST_SUITE_P(Table, SetStatusTest,
                         ::testing::Combine(::testing::ValuesIn(kTable),
                                            ::testing::ValuesIn(kStatuses)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param).from) + "_to_" +
                                  std::string(word_of(std::get<1>(info.param)));
                         });

class SetByHandTest : public TaskSchedulerTest {};

TEST_F(SetByHandTest, completing_stops_the_executor_and_keeps_the_given_result) {
  create(once_now());
  const Fence fence = attempt().fence;
  tell(SetStatus{.status = TaskStatus::completed, .execution_result = "done by hand"});
  EXPECT_EQ(status(), "COMPLETED");
  EXPECT_EQ(told(FactType::attempt_stop_requested), 1U);
  EXPECT_EQ(facts().back().outcome->result.text(), "\"done by hand\"");
  report(AttemptFinished{.fence = fence, .kind = FinishKind::failed});
  EXPECT_EQ(status(), "COMPLETED");
  EXPECT_EQ(told(FactType::late_result_refused), 1U);
}

TEST_F(SetByHandTest, failing_ignores_retries_that_are_left) {
  create(retried(once_now(), 5, Duration::seconds(1)));
  tell(SetStatus{.status = TaskStatus::failed, .error_message = "by hand"});
  EXPECT_EQ(status(), "FAILED");
  EXPECT_EQ(runs().at(1).outcome.error_message, "by hand");
}

TEST_F(SetByHandTest, a_recurring_task_goes_back_to_its_schedule) {
  create(cron("0 0 * * * *"));
  core.advance_to("2026-01-01T01:00:00Z");
  tell(SetStatus{.status = TaskStatus::completed});
  EXPECT_EQ(status(), "SCHEDULED");
}

}  // namespace
}  // namespace carillon
