#include "runtime/service/work_thread.h"

#include <future>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace carillon {
namespace {

using testing::ElementsAre;

class WorkThreadTest : public testing::TestWithParam<WorkPace> {};

TEST_P(WorkThreadTest, does_work_in_the_order_in_which_it_was_posted) {
  std::vector<int> done;
  std::promise<void> last;
  WorkThread thread("test", GetParam());
  for (int i = 1; i <= 3; ++i) thread.post([&done, i] { done.push_back(i); });
  thread.post([&last] { last.set_value(); });
  last.get_future().wait();
  EXPECT_THAT(done, ElementsAre(1, 2, 3));
}

TEST_P(WorkThreadTest, does_what_is_left_before_it_ends) {
  std::vector<int> done;
  {
    WorkThread thread("test", GetParam());
    for (int i = 1; i <= 2; ++i) thread.post([&done, i] { done.push_back(i); });
  }
  EXPECT_THAT(done, ElementsAre(1, 2));
}

TEST_P(WorkThreadTest, goes_on_after_a_rest) {
  WorkThread thread("test", GetParam());
  for (int i = 0; i < 2; ++i) {
    std::promise<void> done;
    thread.post([&done] { done.set_value(); });
    done.get_future().wait();
  }
}

INSTANTIATE_TEST_SUITE_P(Paces, WorkThreadTest,
                         testing::Values(WorkPace::at_once, WorkPace::gathered));

}  // namespace
}  // namespace carillon
