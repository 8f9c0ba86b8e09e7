#include "executors/thread_lane.h"

#include <array>
#include <atomic>
#include <future>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <pthread.h>

#include "executors/testing/type_harness.h"

namespace carillon {
namespace {

using testing::eventually;

TEST(ThreadLane, its_threads_bear_its_name) {
  std::promise<std::string> shown;
  ThreadLane lane("lane-of-test", 1);
  lane.submit([&] {
    std::array<char, 16> name{};
    pthread_getname_np(pthread_self(), name.data(), name.size());
    shown.set_value(name.data());
  });
  EXPECT_EQ(shown.get_future().get(), "lane-of-test");
}

TEST(ThreadLane, runs_work_in_the_order_it_came) {
  std::vector<int> order;
  {
    ThreadLane lane("lane", 1);
    std::promise<void> done;
    for (int i = 0; i < 100; ++i) lane.submit([&, i] { order.push_back(i); });
    lane.submit([&] { done.set_value(); });
    done.get_future().wait();
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order.at(static_cast<std::size_t>(i)), i);
}

TEST(ThreadLane, makes_no_more_threads_than_allowed_and_none_before_there_is_work) {
  ThreadLane lane("lane", 3);
  EXPECT_EQ(lane.threads(), 0U);
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  std::atomic<int> running{0};
  for (int i = 0; i < 10; ++i) {
    lane.submit([&running, gate] {
      ++running;
      gate.wait();
    });
  }
  EXPECT_TRUE(eventually([&] { return running == 3; }));
  EXPECT_EQ(lane.threads(), 3U);
  EXPECT_EQ(lane.waiting(), 7U);
  open.set_value();
  EXPECT_TRUE(eventually([&] { return running == 10; }));
}

TEST(ThreadLane, ends_threads_that_are_idle) {
  ThreadLane lane("lane", 4, Duration::milliseconds(1));
  std::promise<void> done;
  lane.submit([&] { done.set_value(); });
  done.get_future().wait();
  EXPECT_TRUE(eventually([&] { return lane.threads() == 0; }));
}

TEST(ThreadLane, replaces_a_thread_that_is_written_off) {
  ThreadLane lane("lane", 1);
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  lane.submit([gate] { gate.wait(); });
  std::promise<void> second;
  lane.submit([&] { second.set_value(); });
  lane.write_off();
  second.get_future().wait();
  open.set_value();
  lane.restore();
}

TEST(ThreadLane, drops_what_waits_when_it_ends) {
  std::atomic<int> ran{0};
  {
    ThreadLane lane("lane", 1);
    std::promise<void> began;
    lane.submit([&] {
      began.set_value();
      ++ran;
    });
    began.get_future().wait();
  }
  EXPECT_EQ(ran, 1);
}

}  // namespace
}  // namespace carillon
