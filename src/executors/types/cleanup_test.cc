#include "executors/types/cleanup.h"

#include <array>
#include <atomic>
#include <cstdio>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "executors/testing/type_harness.h"

namespace carillon {
namespace {

using testing::completed;
using testing::failed;
using testing::TemporaryDirectory;
using testing::TypeHarness;

void make_old(const TemporaryDirectory& directory, std::string_view below) {
  const std::array<timespec, 2> long_ago{
      {{.tv_sec = 1000, .tv_nsec = 0}, {.tv_sec = 1000, .tv_nsec = 0}}};
  ASSERT_EQ(
      utimensat(AT_FDCWD, directory.path(below).c_str(), long_ago.data(), AT_SYMLINK_NOFOLLOW), 0);
}

class Cleanup : public ::testing::Test {
 protected:
  Cleanup() {
    for (const auto* name : {"logs/old.log", "logs/old.txt", "logs/deep/old.log"}) {
      harness.directory.write(name, "12345");
      make_old(harness.directory, name);
    }
    harness.directory.write("logs/new.log", "1234567890");
  }
  TypeHarness harness;
};

TEST_F(Cleanup, prunes_history_with_only_its_type) {
  const auto result = completed(harness.run(R"({"type": "cleanup"})"));
  EXPECT_EQ(result.at("runs").as_uint64(), 7U);
  EXPECT_EQ(harness.pruner.calls, std::vector{PruneMode::remove});
}

TEST_F(Cleanup, only_counts_history_when_it_is_a_dry_run) {
  completed(harness.run(R"({"type": "cleanup", "dryRun": true})"));
  EXPECT_EQ(harness.pruner.calls, std::vector{PruneMode::count_only});
}

TEST_F(Cleanup, removes_old_files_of_a_pattern_in_one_directory) {
  const auto result = completed(harness.run(
      R"({"type": "cleanup", "path": "logs", "pattern": "*.log", "olderThan": "P7D"})"));
  EXPECT_EQ(result.at("removed").as_uint64(), 1U);
  EXPECT_EQ(result.at("bytes").as_uint64(), 5U);
  EXPECT_EQ(result.at("names"), boost::json::array{"old.log"});
  EXPECT_FALSE(harness.directory.has("logs/old.log"));
  EXPECT_TRUE(harness.directory.has("logs/new.log"));
  EXPECT_TRUE(harness.directory.has("logs/old.txt"));
  EXPECT_TRUE(harness.directory.has("logs/deep/old.log"));
}

TEST_F(Cleanup, enters_directories_when_told_and_keeps_them) {
  completed(
      harness.run(R"({"type": "cleanup", "path": "logs", "olderThan": "P7D", "recursive": true})"));
  EXPECT_FALSE(harness.directory.has("logs/deep/old.log"));
  EXPECT_TRUE(harness.directory.has("logs/deep"));
}

TEST_F(Cleanup, goes_by_size) {
  const auto result =
      completed(harness.run(R"({"type": "cleanup", "path": "logs", "minBytes": 6})"));
  EXPECT_EQ(result.at("names"), boost::json::array{"new.log"});
}

TEST_F(Cleanup, removes_nothing_in_a_dry_run) {
  const auto result = completed(
      harness.run(R"({"type": "cleanup", "path": "logs", "olderThan": "P7D", "dryRun": true})"));
  EXPECT_EQ(result.at("removed").as_uint64(), 2U);
  EXPECT_TRUE(harness.directory.has("logs/old.log"));
}

TEST_F(Cleanup, must_be_told_what_to_remove_and_where) {
  EXPECT_FALSE(harness.validate(R"({"type": "cleanup", "path": "logs"})"));
  EXPECT_FALSE(harness.validate(R"({"type": "cleanup", "olderThan": "P7D"})"));
  EXPECT_FALSE(harness.validate(R"({"type": "cleanup", "path": "logs", "olderThan": "7d"})"));
  EXPECT_FALSE(harness.validate(R"({"type": "cleanup", "path": "logs", "olderThan": "P1M"})"));
  EXPECT_FALSE(harness.validate(R"({"type": "cleanup", "path": "logs", "pattern": "[a"})"));
}

TEST_F(Cleanup, does_not_leave_its_root) {
  EXPECT_EQ(failed(harness.run(R"({"type": "cleanup", "path": "..", "pattern": "*"})")).code,
            "forbidden");
  EXPECT_EQ(failed(harness.run(R"({"type": "cleanup", "path": "/etc", "pattern": "*"})")).code,
            "forbidden");
}

TEST_F(Cleanup, touches_neither_links_nor_what_they_point_to) {
  const TemporaryDirectory outside;
  outside.write("keep.log", "x");
  symlink(outside.path().c_str(), harness.directory.path("logs/door").c_str());
  symlink(outside.path("keep.log").c_str(), harness.directory.path("logs/link.log").c_str());
  completed(
      harness.run(R"({"type": "cleanup", "path": "logs", "pattern": "*", "recursive": true})"));
  EXPECT_TRUE(outside.has("keep.log"));
  EXPECT_TRUE(harness.directory.has("logs/link.log"));
}

TEST_F(Cleanup, ends_when_it_is_stopped) {
  harness.stop->ask({.reason = "enough"});
  EXPECT_TRUE(testing::is_cancelled(
      harness.run(R"({"type": "cleanup", "path": "logs", "olderThan": "P7D"})")));
  EXPECT_TRUE(harness.directory.has("logs/old.log"));
}

// One thread swaps a directory for a link to the outside, over and over, while cleanup walks it.
TEST_F(Cleanup, is_not_led_outside_by_a_link_swapped_in_while_it_works) {
  const TemporaryDirectory outside;
  constexpr int kFiles = 50;
  for (int i = 0; i < kFiles; ++i) outside.write(fmt::format("{}.log", i), "x");
  harness.directory.write("race/victim/0.log", "x");
  symlink(outside.path().c_str(), harness.directory.path("race/trap").c_str());
  std::atomic<bool> over{false};
  std::thread swapper([&] {
    const std::string victim = harness.directory.path("race/victim");
    const std::string trap = harness.directory.path("race/trap");
    while (!over) renameat2(AT_FDCWD, victim.c_str(), AT_FDCWD, trap.c_str(), RENAME_EXCHANGE);
  });
  for (int i = 0; i < 2000; ++i) {
    harness.run(R"({"type": "cleanup", "path": "race", "pattern": "*.log", "recursive": true})");
    harness.run(R"({"type": "cleanup", "path": "race/victim", "pattern": "*.log"})");
  }
  over = true;
  swapper.join();
  for (int i = 0; i < kFiles; ++i) EXPECT_TRUE(outside.has(fmt::format("{}.log", i)));
}

}  // namespace
}  // namespace carillon
