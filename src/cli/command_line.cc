#include "cli/command_line.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <deque>
#include <type_traits>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"

namespace carillon::cli {
namespace {

// CLI11 cuts the words into raw texts; all checks are ours, so that every message has one style.
struct RawOption {
  const OptionSpec* spec;
  std::vector<std::string> texts;
  bool is_on = false;
};

struct Level {
  CLI::App* app = nullptr;
  const CommandSpec* command = nullptr;
  bool help = false;
  std::deque<RawOption> options;  // CLI11 keeps references to the elements.
};

bool is_switch(const OptionSpec& spec) { return std::holds_alternative<Switch*>(spec.target); }

bool takes_many(const OptionSpec& spec) {
  return std::holds_alternative<std::vector<std::string>*>(spec.target);
}

void add_option(Level& level, const OptionSpec& spec) {
  RawOption& raw = level.options.emplace_back(RawOption{.spec = &spec});
  const std::string names(spec.names);
  if (is_switch(spec)) {
    level.app->add_flag(names, raw.is_on);
    return;
  }
  CLI::Option* option = level.app->add_option(names, raw.texts);
  // One value per name: without this `--tag a NAME` would take NAME for a second tag.
  if (!spec.is_positional()) option->allow_extra_args(false);
}

class LineParser {
 public:
  LineParser(const CommandSpec& root, SharedValues& shared)
      : shared_(shared_option_specs(shared)), app_(std::string(root.summary)) {
    add_level(app_, root);
  }

  CliResult<ParsedLine> parse(std::vector<std::string> words);

 private:
  void add_level(CLI::App& app, const CommandSpec& command);
  std::vector<Level*> chosen_levels();
  CliResult<void> finish(Level& level);

  std::vector<OptionSpec> shared_;
  CLI::App app_;
  std::deque<Level> levels_;
};

void LineParser::add_level(CLI::App& app, const CommandSpec& command) {
  app.set_help_flag();
  app.allow_extras();
  app.require_subcommand(0, 1);
  Level& level = levels_.emplace_back(Level{.app = &app, .command = &command});
  app.add_flag("-h,--help", level.help);
  for (const OptionSpec& spec : command.options) add_option(level, spec);
  if (command.shared == SharedOptions::rest) {
    for (const OptionSpec& spec : shared_) add_option(level, spec);
  }
  for (const CommandSpec& below : command.commands) {
    add_level(*app.add_subcommand(std::string(below.name)), below);
  }
}

std::vector<Level*> LineParser::chosen_levels() {
  std::vector<Level*> path;
  const CLI::App* app = &app_;
  while (app != nullptr) {
    const auto level =
        std::ranges::find_if(levels_, [app](const Level& each) { return each.app == app; });
    path.push_back(&*level);
    const auto below = app->get_subcommands();
    app = below.empty() ? nullptr : below.front();
  }
  return path;
}

std::string command_text(const std::vector<const CommandSpec*>& path) {
  std::string text;
  for (const CommandSpec* command : path) {
    if (!text.empty()) text += ' ';
    text += command->name;
  }
  return text;
}

Failure unknown_verb(const ParsedLine& line, std::string_view word) {
  std::vector<std::string_view> known;
  for (const CommandSpec& below : line.command().commands) known.push_back(below.name);
  const std::string_view nearest = nearest_name(word, known);
  const std::string above = command_text(line.path);
  return Failure{.exit = ExitCode::usage,
                 .message = fmt::format("'{}' is not a command of {}.", word, above),
                 .hint = nearest.empty() ? fmt::format("List them with `{} --help`.", above)
                                         : fmt::format("Did you mean `{} {}`?", above, nearest)};
}

Failure one_word_too_many(std::string_view word) {
  return Failure{.exit = ExitCode::usage,
                 .message = fmt::format("'{}' is one word too many.", word),
                 .hint = "Quote a value that contains blanks."};
}

Failure unexpected_word(const ParsedLine& line, const Level& level, std::string_view word) {
  if (!word.starts_with('-')) {
    if (!line.command().commands.empty()) return unknown_verb(line, word);
    return one_word_too_many(word);
  }
  const std::string_view typed = word.substr(0, word.find('='));
  std::vector<std::string_view> known{"--help"};
  for (const RawOption& option : level.options) {
    for (const std::string_view name : split(option.spec->names, ',')) {
      if (name.starts_with("--")) known.push_back(name);
    }
  }
  const std::string_view nearest = nearest_name(typed, known);
  const std::string above = command_text(line.path);
  return Failure{.exit = ExitCode::usage,
                 .message = fmt::format("{} has no option '{}'.", above, typed),
                 .hint = nearest.empty() ? fmt::format("List them with `{} --help`.", above)
                                         : fmt::format("Did you mean {}?", nearest)};
}

CliResult<void> check_choice(const OptionSpec& spec, const std::string& text) {
  if (spec.choices.empty() || std::ranges::find(spec.choices, text) != spec.choices.end())
    return {};
  std::string known;
  for (const std::string_view choice : spec.choices) {
    if (!known.empty()) known += ", ";
    known += choice;
  }
  const std::string_view nearest = nearest_name(text, spec.choices);
  return give_up(ExitCode::usage,
                 fmt::format("'{}' is not a value of {}.", text, split(spec.names, ',').back()),
                 nearest.empty() ? fmt::format("Use one of {}.", known)
                                 : fmt::format("Did you mean {}?", nearest));
}

CliResult<std::int64_t> read_integer(const OptionSpec& spec, const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) return number;
  return give_up(ExitCode::usage, fmt::format("{} needs a whole number, not '{}'.",
                                              split(spec.names, ',').back(), text));
}

// Writes the raw texts of an option that was given into its target; the last one wins.
CliResult<void> store(const RawOption& raw) {
  for (const std::string& text : raw.texts) {
    if (auto allowed = check_choice(*raw.spec, text); !allowed) return allowed;
  }
  return std::visit(
      [&](auto* target) -> CliResult<void> {
        using Target = std::remove_pointer_t<decltype(target)>;
        if constexpr (std::is_same_v<Target, Switch>) {
          if (raw.is_on) *target = Switch::on;
        } else if constexpr (std::is_same_v<Target, std::vector<std::string>>) {
          if (!raw.texts.empty()) *target = raw.texts;
        } else if constexpr (std::is_same_v<Target, std::optional<std::int64_t>>) {
          if (raw.texts.empty()) return {};
          const auto number = read_integer(*raw.spec, raw.texts.back());
          if (!number) return give_up(number.error());
          *target = *number;
        } else {
          if (!raw.texts.empty()) *target = raw.texts.back();
        }
        return {};
      },
      raw.spec->target);
}

CliResult<void> LineParser::finish(Level& level) {
  for (const RawOption& raw : level.options) {
    const bool takes_one = raw.spec->is_positional() && !takes_many(*raw.spec);
    if (takes_one && raw.texts.size() > 1) return give_up(one_word_too_many(raw.texts[1]));
    if (auto stored = store(raw); !stored) return stored;
  }
  for (const RawOption& raw : level.options) {
    if (!raw.spec->is_required() || !raw.texts.empty()) continue;
    return give_up(
        ExitCode::usage, fmt::format("{} is missing.", raw.spec->names),
        level.command->examples.empty()
            ? std::string()
            : fmt::format("For example: {}", split(level.command->examples, '\n').front()));
  }
  return {};
}

// `--name=` alone would make CLI11 take the next word for the value.
std::vector<std::string> with_empty_values_apart(std::vector<std::string> words) {
  std::vector<std::string> out;
  bool only_positionals = false;
  for (std::string& word : words) {
    only_positionals = only_positionals || word == "--";
    const bool empty_value =
        !only_positionals && word.starts_with("--") && word.find('=') == word.size() - 1;
    if (empty_value) word.pop_back();
    out.push_back(std::move(word));
    if (empty_value) out.emplace_back();
  }
  return out;
}

// CLI11 begins its messages with the name of the option at fault.
Failure unreadable_line(const CLI::ParseError& error) {
  const std::string_view told = error.what();
  const std::string_view name = told.substr(0, told.find(':'));
  const bool lacks_value = error.get_name() == "ArgumentMismatch" && name.starts_with('-');
  return Failure{.exit = ExitCode::usage,
                 .message = lacks_value ? fmt::format("{} needs a value.", name)
                                        : fmt::format("The command line cannot be read: {}.", told),
                 .hint = "See `carillon --help`."};
}

CliResult<ParsedLine> LineParser::parse(std::vector<std::string> words) {
  words = with_empty_values_apart(std::move(words));
  std::ranges::reverse(words);  // CLI11 takes its words from the back.
  try {
    app_.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    return give_up(unreadable_line(error));
  }
  const std::vector<Level*> levels = chosen_levels();
  ParsedLine line;
  for (const Level* level : levels) {
    line.path.push_back(level->command);
    if (level->help) line.wanted = Wanted::help;
  }
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const auto extras = levels[i]->app->remaining();
    if (extras.empty()) continue;
    // Help is given in spite of a wrong option, but not for a verb that does not exist.
    const bool is_verb = !levels[i]->command->commands.empty() && !extras.front().starts_with('-');
    if (line.wanted == Wanted::help && !is_verb) continue;
    line.path.resize(i + 1);
    return give_up(unexpected_word(line, *levels[i], extras.front()));
  }
  if (line.wanted == Wanted::help) return line;
  for (Level* level : levels) {
    if (auto finished = finish(*level); !finished) return give_up(finished.error());
  }
  if (!line.command().run) line.wanted = Wanted::help;
  return line;
}

}  // namespace

CliResult<ParsedLine> parse_command_line(const CommandSpec& root, SharedValues& shared,
                                         std::span<const char* const> words) {
  std::vector<std::string> texts(words.begin(), words.end());
  if (!texts.empty() && texts.front() == "help") {
    texts.erase(texts.begin());
    texts.emplace_back("--help");
  }
  return LineParser(root, shared).parse(std::move(texts));
}

}  // namespace carillon::cli
