#include "executors/stop_signal.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace carillon {
namespace {

TEST(StopSignal, keeps_the_first_request) {
  StopSignal stop;
  EXPECT_TRUE(stop.ask({.cause = StopCause::requested, .reason = "by hand"}));
  EXPECT_FALSE(stop.ask({.cause = StopCause::deadline, .reason = "late"}));
  EXPECT_EQ(stop.request()->reason, "by hand");
  EXPECT_EQ(stop.stage(), StopStage::asked);
}

TEST(StopSignal, wakes_a_sleeper) {
  StopSignal stop;
  std::thread asker([&] { stop.ask({.reason = "now"}); });
  EXPECT_TRUE(stop.wait_for(Duration::minutes(1)));
  asker.join();
}

TEST(StopSignal, lets_a_sleeper_sleep_when_nobody_asks) {
  const StopSignal stop;
  EXPECT_FALSE(stop.wait_for(Duration::milliseconds(1)));
}

TEST(StopSignal, calls_the_reaction_at_each_stage_and_at_once_when_late) {
  StopSignal stop;
  std::vector<StopStage> stages;
  stop.ask({.reason = "early"});
  stop.react([&](StopStage stage) { stages.push_back(stage); });
  stop.force();
  stop.force();
  EXPECT_EQ(stages, (std::vector{StopStage::asked, StopStage::forced}));
}

TEST(StopSignal, calls_no_reaction_after_it_was_taken_back) {
  StopSignal stop;
  int calls = 0;
  stop.react([&](StopStage) { ++calls; });
  stop.stop_reacting();
  stop.ask({.reason = "later"});
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace carillon
