#include "cli/cli.h"

#include "cli/command_line.h"
#include "cli/command_tree.h"
#include "cli/help_text.h"
#include "cli/session.h"

namespace carillon::cli {
namespace {

int end_with(CliEnvironment& environment, const Failure& failure) {
  environment.err(failure_text(failure));
  return static_cast<int>(failure.exit);
}

// `carillon --version`, as people try it first.
bool asks_for_version(std::span<const char* const> words) {
  return words.size() == 1 &&
         (std::string_view(words[0]) == "--version" || std::string_view(words[0]) == "-V");
}

}  // namespace

int run(std::span<const char* const> words, CliEnvironment& environment) {
  constexpr const char* kVersionWord = "version";
  if (asks_for_version(words)) words = {&kVersionWord, 1};
  SharedValues shared;
  const CommandSpec root = command_tree(environment.server);
  const auto line = parse_command_line(root, shared, words);
  if (!line) return end_with(environment, line.error());
  if (line->wanted == Wanted::help) {
    environment.out(help_text(line->path));
    return static_cast<int>(ExitCode::ok);
  }
  Session session(environment, shared);
  if (auto prepared = session.prepare(); !prepared) return end_with(environment, prepared.error());
  const auto done = line->command().run(session);
  if (!done) return end_with(environment, done.error());
  return static_cast<int>(*done);
}

}  // namespace carillon::cli
