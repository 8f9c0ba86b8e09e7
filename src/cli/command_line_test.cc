#include "cli/command_line.h"

#include <gtest/gtest.h>

#include "cli/command_tree.h"
#include "cli/fake_environment.h"

namespace carillon::cli {
namespace {

// What `carillon WORDS…` says when it refuses; the exit code must be 2.
std::string refusal(std::vector<const char*> words) {
  FakeServer server;
  FakeProcess process;
  EXPECT_EQ(process.run(server, std::move(words)), 2);
  EXPECT_EQ(process.out, "");
  EXPECT_TRUE(server.requests.empty());
  return process.err;
}

TEST(CommandLine, suggests_the_nearest_verb) {
  EXPECT_EQ(refusal({"taks", "list"}),
            "Error: 'taks' is not a command of carillon.\nHint: Did you mean `carillon task`?\n");
  EXPECT_EQ(refusal({"task", "creat", "x"}),
            "Error: 'creat' is not a command of carillon task.\n"
            "Hint: Did you mean `carillon task create`?\n");
  EXPECT_EQ(refusal({"help", "taks"}),
            "Error: 'taks' is not a command of carillon.\nHint: Did you mean `carillon task`?\n");
}

TEST(CommandLine, suggests_the_nearest_option) {
  EXPECT_EQ(refusal({"task", "create", "x", "--evry", "5s"}),
            "Error: carillon task create has no option '--evry'.\nHint: Did you mean --every?\n");
  EXPECT_EQ(refusal({"task", "list", "--zebra=1"}),
            "Error: carillon task list has no option '--zebra'.\n"
            "Hint: List them with `carillon task list --help`.\n");
}

TEST(CommandLine, refuses_missing_surplus_and_impossible_values) {
  EXPECT_EQ(refusal({"task", "get"}),
            "Error: TASK is missing.\nHint: For example: carillon task get hello\n");
  EXPECT_EQ(refusal({"task", "get", "a", "b"}),
            "Error: 'b' is one word too many.\nHint: Quote a value that contains blanks.\n");
  EXPECT_EQ(refusal({"task", "list", "--limit", "x"}),
            "Error: --limit needs a whole number, not 'x'.\n");
  EXPECT_EQ(refusal({"task", "list", "--limit"}),
            "Error: --limit needs a value.\nHint: See `carillon --help`.\n");
  EXPECT_EQ(refusal({"task", "list", "-o", "jsn"}),
            "Error: 'jsn' is not a value of --output.\nHint: Did you mean json?\n");
}

TEST(CommandLine, takes_shared_options_before_and_after_the_verb) {
  for (const auto& words : std::vector<std::vector<const char*>>{
           {"-o", "json", "version"}, {"version", "-o", "json"}, {"version", "--output=json"}}) {
    FakeServer server;
    FakeProcess process;
    EXPECT_EQ(process.run(server, words), 0) << process.err;
    EXPECT_EQ(process.out, "{\n  \"version\": \"" CARILLON_VERSION "\"\n}\n");
  }
}

TEST(CommandLine, does_not_take_a_value_for_a_verb_or_the_next_option) {
  const ServerCommands hooks;
  const CommandSpec root = command_tree(hooks);
  SharedValues shared;
  const std::vector<const char*> words{"task",    "create", "list",           "--tag", "run",
                                       "--every", "5s",     "--description=", "--tag", "delete"};
  const auto line = parse_command_line(root, shared, words);
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_EQ(line->command().name, "create");
}

TEST(CommandLine, gives_help_for_groups_and_in_spite_of_missing_values) {
  for (const auto& words : std::vector<std::vector<const char*>>{
           {}, {"task"}, {"task", "get", "--help"}, {"help", "task", "get"}, {"-h"}}) {
    FakeServer server;
    FakeProcess process;
    EXPECT_EQ(process.run(server, words), 0);
    EXPECT_NE(process.out.find("\nUsage:\n  carillon"), std::string::npos);
  }
}

}  // namespace
}  // namespace carillon::cli
