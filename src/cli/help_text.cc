#include "cli/help_text.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace carillon::cli {
namespace {

constexpr std::size_t kLineWidth = 100;

using Path = std::vector<const CommandSpec*>;

std::string path_text(std::span<const CommandSpec* const> path) {
  std::string text;
  for (const CommandSpec* command : path) {
    if (!text.empty()) text += ' ';
    text += command->name;
  }
  return text;
}

// "-n, --count N", "EXPR"
std::string option_heading(const OptionSpec& option) {
  std::string text;
  for (const std::string_view name : split(option.names, ',')) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  if (!option.value.empty() && !option.is_positional()) text += fmt::format(" {}", option.value);
  return text;
}

std::string option_help(const OptionSpec& option) {
  std::string text(option.help);
  if (option.choices.empty()) return text;
  text += " One of ";
  for (std::size_t i = 0; i < option.choices.size(); ++i) {
    if (i > 0) text += i + 1 == option.choices.size() ? " or " : ", ";
    text += option.choices[i];
  }
  return text + ".";
}

bool takes_many(const OptionSpec& option) {
  return std::holds_alternative<std::vector<std::string>*>(option.target);
}

std::string usage_line(std::span<const CommandSpec* const> path) {
  const CommandSpec& command = *path.back();
  std::string line = path_text(path);
  if (!command.commands.empty()) return line + " COMMAND";
  for (const OptionSpec& option : command.options) {
    if (!option.is_positional()) continue;
    const std::string word = std::string(option.names) + (takes_many(option) ? "..." : "");
    line += option.is_required() ? " " + word : fmt::format(" [{}]", word);
  }
  return line + " [options]";
}

// Two columns; the right one is wrapped at blanks.
std::string entry(std::string_view left, std::string_view right, std::size_t left_width) {
  std::string out = fmt::format("  {:<{}}  ", left, left_width);
  const std::size_t indent = left_width + 4;
  std::size_t column = indent;
  for (const std::string_view word : split(right, ' ')) {
    if (column > indent && column + word.size() + 1 > kLineWidth) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) out += ' ';
    column += word.size() + (column > indent ? 1 : 0);
    out += word;
  }
  return out + "\n";
}

using Entries = std::vector<std::pair<std::string, std::string>>;

std::string section(std::string_view title, const Entries& entries) {
  if (entries.empty()) return {};
  std::size_t width = 0;
  for (const auto& [left, right] : entries) width = std::max(width, left.size());
  std::string out = fmt::format("\n{}:\n", title);
  for (const auto& [left, right] : entries) out += entry(left, right, width);
  return out;
}

Entries entries_of(std::span<const OptionSpec> options) {
  Entries entries;
  for (const OptionSpec& option : options) {
    entries.emplace_back(option_heading(option), option_help(option));
  }
  return entries;
}

std::string indented_lines(std::string_view lines) {
  std::string out;
  for (const std::string_view line : split(lines, '\n')) out += fmt::format("  {}\n", line);
  return out;
}

std::string table_cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) {
    text.insert(at, "\\");
  }
  return text;
}

std::string markdown_options(std::span<const OptionSpec> options) {
  if (options.empty()) return {};
  std::string out = "| option | meaning |\n|---|---|\n";
  for (const OptionSpec& option : options) {
    out += fmt::format("| `{}` | {} |\n", option_heading(option), table_cell(option_help(option)));
  }
  return out + "\n";
}

void append_markdown(std::string& out, Path& path) {
  const CommandSpec& command = *path.back();
  if (command.run) {
    out += fmt::format("## {}\n\n{}", path_text(path), command.summary);
    if (!command.details.empty()) out += fmt::format(" {}", command.details);
    out += fmt::format("\n\n    {}\n\n", usage_line(path));
    if (!command.examples.empty()) out += fmt::format("```sh\n{}\n```\n\n", command.examples);
    out += markdown_options(command.options);
    if (command.shared == SharedOptions::rest) {
      out += "Takes the [options of all REST commands](#options-of-all-rest-commands).\n\n";
    }
  }
  for (const CommandSpec& below : command.commands) {
    path.push_back(&below);
    append_markdown(out, path);
    path.pop_back();
  }
}

constexpr std::string_view kExitCodes = R"(## Exit codes

| code | meaning |
|---|---|
| 0 | done |
| 1 | failed |
| 2 | wrong usage: an unknown option, a value that is not allowed |
| 3 | not found |
| 4 | credentials are missing or not sufficient |
| 5 | conflict: the state or version of the task does not allow it |
| 6 | no server answers |
| 7 | the awaited run failed |
| 8 | the awaited run was cancelled |
| 124 | the time given for waiting is over |
| 130 | interrupted |
)";

}  // namespace

std::string help_text(std::span<const CommandSpec* const> path) {
  const CommandSpec& command = *path.back();
  std::string out = fmt::format("{}\n", command.summary);
  if (!command.details.empty()) out += entry("", command.details, 0).substr(4);
  if (!command.examples.empty()) out += "\nExamples:\n" + indented_lines(command.examples);
  out += fmt::format("\nUsage:\n  {}\n", usage_line(path));
  Entries verbs;
  for (const CommandSpec& below : command.commands) {
    verbs.emplace_back(below.name, below.summary);
  }
  out += section("Commands", verbs);
  out += section("Options", entries_of(command.options));
  SharedValues unused;
  if (command.shared == SharedOptions::rest) {
    out += section("Options of all REST commands", entries_of(shared_option_specs(unused)));
  }
  if (!command.commands.empty()) {
    out += fmt::format("\nMore about one of them: {} COMMAND --help\n", path_text(path));
  }
  return out;
}

std::string reference_page(const CommandSpec& root) {
  SharedValues unused;
  std::string out = fmt::format(
      "# Command line\n\n{} This page is generated from the parser; `carillon COMMAND --help` says "
      "the same.\n\n## Options of all REST commands\n\n{}",
      root.summary, markdown_options(shared_option_specs(unused)));
  Path path{&root};
  append_markdown(out, path);
  return out + std::string(kExitCodes);
}

}  // namespace carillon::cli
