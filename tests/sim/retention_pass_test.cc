#include "runtime/service/retention_pass.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "core/keyed_state.h"
#include "domain/id/derived_ids.h"
#include "tests/sim/sim_clock.h"
#include "tests/sim/sim_engine_store.h"

namespace carillon {
namespace {

constexpr int kOldTasks = 2'500;

class RetentionPassTest : public testing::Test {
 protected:
  // Tasks that completed at the beginning of time, and one that is not over.
  RetentionPassTest() {
    for (int i = 0; i < kOldTasks; ++i) add(TaskStatus::completed, std::to_string(i));
    add(TaskStatus::scheduled, "not over");
  }

  void add(TaskStatus status, const std::string& name) {
    TaskState state;
    state.status = status;
    disk_.state[{.op = OperatorName::task_scheduler,
                 .key = Key(derived_uuid(name).raw()),
                 .subkey = kTaskStateSubkey}] = encode_state(state);
  }

  RetentionPass pass_with(Intake& intake) {
    return RetentionPass({.store = store_,
                          .intake = intake,
                          .clock = clock_,
                          .limits = {.finished_tasks = Duration::hours(1)}});
  }

  // Takes what is in the intake, as the engine would.
  std::size_t take(Intake& intake) {
    std::vector<EngineInput> inputs;
    intake.drain(100'000, 1ULL << 30, inputs);
    for (const EngineInput& input : inputs) {
      EXPECT_EQ(input.type, RecordType::delete_task);
      asked_.insert(input.key);
    }
    return inputs.size();
  }

  SimDisk disk_;
  SimEngineStore store_{disk_};
  SimClock clock_{Instant::from_unix_ms(86'400'000)};
  std::set<Key> asked_;  // Tasks that were to be deleted.
};

TEST_F(RetentionPassTest, goes_on_where_it_stopped_until_it_has_seen_every_task) {
  Intake intake({}, nullptr);
  RetentionPass pass = pass_with(intake);
  std::vector<std::size_t> portions;
  Retirement done{.more = true};
  while (done.more) {
    done = pass.retire_tasks().value();
    portions.push_back(done.tasks);
    EXPECT_EQ(take(intake), done.tasks);
  }
  EXPECT_EQ(portions, (std::vector<std::size_t>{1'000, 1'000, 500}));
  EXPECT_EQ(asked_.size(), kOldTasks);
  // The engine has done none of it, so the next pass asks again, from the beginning.
  EXPECT_EQ(pass.retire_tasks().value().tasks, 1'000U);
}

TEST_F(RetentionPassTest, leaves_nobody_out_for_whom_the_engine_had_no_room) {
  Intake intake({.reserved_records = 700}, nullptr);
  RetentionPass pass = pass_with(intake);
  Retirement done{.more = true};
  int calls = 0;
  while (done.more && ++calls < 20) {
    done = pass.retire_tasks().value();
    take(intake);
  }
  EXPECT_EQ(calls, 4);  // 700, 700, 700, 400.
  EXPECT_EQ(asked_.size(), kOldTasks);
}

}  // namespace
}  // namespace carillon
