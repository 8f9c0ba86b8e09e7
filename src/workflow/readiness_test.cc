#include "workflow/readiness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace carillon {
namespace {

using enum StepStatus;
using testing::ElementsAre;
using testing::IsEmpty;

// a before b and c, both before d.
const StepGraph kDiamond{.steps = {{.name = "a"},
                                   {.name = "b", .depends_on = {0}},
                                   {.name = "c", .depends_on = {0}},
                                   {.name = "d", .depends_on = {1, 2}}}};

std::vector<std::uint32_t> ready(std::vector<StepStatus> statuses, std::size_t count_max = 9) {
  return ready_steps(kDiamond, statuses, count_max);
}

TEST(ReadySteps, are_those_whose_dependencies_have_all_completed) {
  EXPECT_THAT(ready({waiting, waiting, waiting, waiting}), ElementsAre(0));
  EXPECT_THAT(ready({running, waiting, waiting, waiting}), IsEmpty());
  EXPECT_THAT(ready({completed, waiting, waiting, waiting}), ElementsAre(1, 2));
  EXPECT_THAT(ready({completed, completed, running, waiting}), IsEmpty());
  EXPECT_THAT(ready({completed, completed, completed, waiting}), ElementsAre(3));
}

TEST(ReadySteps, do_not_follow_a_step_that_failed_or_was_skipped) {
  EXPECT_THAT(ready({failed, waiting, waiting, waiting}), IsEmpty());
  EXPECT_THAT(ready({completed, completed, skipped, waiting}), IsEmpty());
}

TEST(ReadySteps, are_at_most_as_many_as_asked_for) {
  EXPECT_THAT(ready({completed, waiting, waiting, waiting}, 1), ElementsAre(1));
}

TEST(AllCompleted, is_about_every_step) {
  EXPECT_TRUE(all_completed(std::vector{completed, completed}));
  EXPECT_FALSE(all_completed(std::vector{completed, skipped}));
}

}  // namespace
}  // namespace carillon
