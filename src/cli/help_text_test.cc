#include "cli/help_text.h"

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "base/text.h"
#include "cli/command_tree.h"
#include "cli/completion.h"

namespace carillon::cli {
namespace {

// Compares with a file of the repository; CARILLON_UPDATE_GOLDEN=1 writes the file instead.
void expect_golden(const std::string& file, const std::string& text) {
  const std::string path = std::string(CARILLON_TEST_DATA) + "/" + file;
  if (std::getenv("CARILLON_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::stringstream kept;
  kept << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, kept.str()) << "If the change is meant, run this test again with "
                                 "CARILLON_UPDATE_GOLDEN=1 and commit "
                              << file;
}

TEST(HelpText, of_the_whole_program_is_as_agreed) {
  const ServerCommands hooks;
  const CommandSpec root = command_tree(hooks);
  const CommandSpec* path[] = {&root};
  expect_golden("golden/help.txt", help_text(path));
}

TEST(ReferencePage, is_fresh) {
  const ServerCommands hooks;
  expect_golden("../../docs/reference/cli.md", reference_page(command_tree(hooks)));
}

void check_command(const CommandSpec& command, std::vector<const CommandSpec*> path) {
  path.push_back(&command);
  EXPECT_FALSE(command.summary.empty()) << command.name;
  EXPECT_FALSE(command.examples.empty()) << command.name;
  EXPECT_EQ(command.commands.empty(), static_cast<bool>(command.run)) << command.name;
  for (const std::string_view line : split(help_text(path), '\n')) {
    EXPECT_LE(line.size(), 100U) << line;
  }
  std::set<std::string_view> names;
  SharedValues unused;
  for (const OptionSpec& option : shared_option_specs(unused)) {
    if (command.shared == SharedOptions::none) break;
    for (const std::string_view name : split(option.names, ',')) names.insert(name);
  }
  for (const OptionSpec& option : command.options) {
    EXPECT_TRUE(option.help.ends_with(".")) << option.help;
    for (const std::string_view name : split(option.names, ',')) {
      EXPECT_TRUE(names.insert(name).second) << command.name << " has two options " << name;
    }
  }
  for (const CommandSpec& below : command.commands) check_command(below, path);
}

TEST(CommandTree, gives_every_command_a_summary_an_example_and_distinct_options) {
  const ServerCommands hooks;
  check_command(command_tree(hooks), {});
}

TEST(CompletionScript, knows_the_verbs_and_options_of_every_shell) {
  const ServerCommands hooks;
  for (const std::string_view shell : {"bash", "zsh", "fish"}) {
    const auto script = completion_script(command_tree(hooks), shell);
    ASSERT_TRUE(script);
    EXPECT_NE(script->find("'task create'"), std::string::npos) << shell;
    EXPECT_NE(script->find("retry-delay"), std::string::npos) << shell;
  }
  EXPECT_FALSE(completion_script(command_tree(hooks), "csh"));
}

}  // namespace
}  // namespace carillon::cli
