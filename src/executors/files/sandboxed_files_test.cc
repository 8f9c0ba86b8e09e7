#include "executors/files/sandboxed_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "executors/files/file_pattern.h"
#include "executors/testing/type_harness.h"

namespace carillon {
namespace {

using testing::TemporaryDirectory;

class Sandbox : public ::testing::Test {
 protected:
  Sandbox() {
    outside.write("secret", "secret");
    root.write("data/a.csv", "a");
    symlink(outside.path("secret").c_str(), root.path("link").c_str());
    symlink(outside.path().c_str(), root.path("door").c_str());
    symlink("data/a.csv", root.path("inner").c_str());
  }
  ErrorCode refusal(const std::string& path) {
    const auto file = files.read(path);
    return file ? ErrorCode::internal : file.error().code;
  }

  TemporaryDirectory root;
  TemporaryDirectory outside;
  SandboxedFiles files = SandboxedFiles::open({.data_root = root.path()}).value();
};

TEST_F(Sandbox, reads_below_the_root_by_relative_and_absolute_path) {
  EXPECT_TRUE(files.read("data/a.csv"));
  EXPECT_TRUE(files.read("data/../data/a.csv"));
  EXPECT_TRUE(files.read(root.path("data/a.csv")));
}

TEST_F(Sandbox, does_not_leave_the_root) {
  EXPECT_EQ(refusal("../" + outside.path("secret")), ErrorCode::forbidden);
  EXPECT_EQ(refusal("data/../../etc/passwd"), ErrorCode::forbidden);
  EXPECT_EQ(refusal(outside.path("secret")), ErrorCode::forbidden);
  EXPECT_EQ(refusal(root.path("../x")), ErrorCode::forbidden);
  // The root's name as a prefix of another name is not the root.
  EXPECT_EQ(refusal(root.path() + "x/a"), ErrorCode::forbidden);
  EXPECT_EQ(refusal("/proc/self/environ"), ErrorCode::forbidden);
}

TEST_F(Sandbox, follows_no_link_not_even_inside) {
  EXPECT_EQ(refusal("link"), ErrorCode::forbidden);
  EXPECT_EQ(refusal("door/secret"), ErrorCode::forbidden);
  EXPECT_EQ(refusal("inner"), ErrorCode::forbidden);
  EXPECT_FALSE(files.write("door/new"));
  EXPECT_FALSE(files.directory("door"));
  EXPECT_FALSE(outside.has("new"));
}

TEST_F(Sandbox, reads_only_regular_files) {
  EXPECT_EQ(refusal("data"), ErrorCode::invalid_value);
  EXPECT_EQ(refusal("gone"), ErrorCode::not_found);
  EXPECT_EQ(refusal(std::string("a\0b", 3)), ErrorCode::invalid_value);
  EXPECT_EQ(refusal(""), ErrorCode::invalid_value);
}

TEST_F(Sandbox, shows_a_written_file_only_when_it_is_committed) {
  {
    auto file = files.write("data/out.csv");
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("hello"));
    EXPECT_FALSE(root.has("data/out.csv"));
  }
  EXPECT_FALSE(root.has("data/out.csv"));
  auto file = files.write("data/out.csv");
  ASSERT_TRUE(file->write("hello"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(root.read("data/out.csv"), "hello");
  std::size_t entries = 0;
  for (const auto& unused : std::filesystem::directory_iterator(root.path("data"))) {
    static_cast<void>(unused);
    ++entries;
  }
  EXPECT_EQ(entries, 2U);  // No temporary file is left.
}

TEST_F(Sandbox, replaces_a_link_instead_of_writing_through_it) {
  auto file = files.write("link");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("new"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(outside.read("secret"), "secret");
  EXPECT_EQ(root.read("link"), "new");
}

TEST(FilePattern, matches_as_a_shell_would) {
  const auto matches = [](std::string_view pattern, std::string_view path) {
    return FilePattern::parse(pattern)->matches(path);
  };
  EXPECT_TRUE(matches("*.log", "a.log"));
  EXPECT_TRUE(matches("*.log", "deep/er/a.log"));
  EXPECT_FALSE(matches("*.log", "a.logs"));
  EXPECT_FALSE(matches("*.log", "axlog"));
  EXPECT_TRUE(matches("a?[0-9].t", "ab7.t"));
  EXPECT_FALSE(matches("a[!b].t", "ab.t"));
  EXPECT_TRUE(matches("logs/*.log", "logs/a.log"));
  EXPECT_FALSE(matches("logs/*.log", "logs/x/a.log"));
  EXPECT_TRUE(matches("logs/**/*.log", "logs/a.log"));
  EXPECT_TRUE(matches("logs/**/*.log", "logs/x/y/a.log"));
  EXPECT_TRUE(matches("(a|b)+$", "(a|b)+$"));
  EXPECT_FALSE(FilePattern::parse("[a"));
  EXPECT_FALSE(FilePattern::parse(""));
  EXPECT_FALSE(FilePattern::parse(std::string(2000, '*')));
}

// A cleanup removes what matches, so a bracket must not take more than it says.
TEST(FilePattern, takes_one_character_of_a_name_for_a_bracket) {
  const auto matches = [](std::string_view pattern, std::string_view path) {
    return FilePattern::parse(pattern)->matches(path);
  };
  EXPECT_FALSE(matches("logs/x[!a]y", "logs/x/y"));
  EXPECT_FALSE(matches("logs/x[.-0]y", "logs/x/y"));
  EXPECT_TRUE(matches("[!]*]", "a"));
  EXPECT_FALSE(matches("[!]*]", "*"));
  EXPECT_FALSE(matches("[!]*]", "ab]"));
  EXPECT_TRUE(matches("[]a]", "]"));
}

}  // namespace
}  // namespace carillon
