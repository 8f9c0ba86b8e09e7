#include "cli/completion.h"

#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace carillon::cli {
namespace {

// One row per command: the words that lead to it and what may follow.
struct Row {
  std::string path;  // "", "task", "task create"
  const CommandSpec* command;
};

void collect(std::vector<Row>& rows, const std::string& path, const CommandSpec& command) {
  rows.push_back({path, &command});
  for (const CommandSpec& below : command.commands) {
    const std::string longer =
        path.empty() ? std::string(below.name) : fmt::format("{} {}", path, below.name);
    collect(rows, longer, below);
  }
}

std::vector<OptionSpec> options_of(const CommandSpec& command) {
  static SharedValues unused;
  std::vector<OptionSpec> options = command.options;
  if (command.shared == SharedOptions::rest) {
    for (const OptionSpec& option : shared_option_specs(unused)) options.push_back(option);
  }
  return options;
}

std::string following_words(const CommandSpec& command) {
  std::string words;
  for (const CommandSpec& below : command.commands) words += fmt::format("{} ", below.name);
  for (const OptionSpec& option : options_of(command)) {
    if (option.is_positional()) {
      for (const std::string_view choice : option.choices) words += fmt::format("{} ", choice);
      continue;
    }
    for (const std::string_view name : split(option.names, ',')) words += fmt::format("{} ", name);
  }
  return words + "--help";
}

// `case` branches that set the shell variable `choices`.
std::string path_cases(const std::vector<Row>& rows) {
  std::string cases;
  for (const Row& row : rows) {
    cases += fmt::format("    '{}') choices='{}' ;;\n", row.path, following_words(*row.command));
  }
  return cases;
}

// The words of the line that name commands; values of options do not count, because they are never
// the name of a command below the words before them, except by accident.
std::string known_paths(const std::vector<Row>& rows) {
  std::string known;
  for (const Row& row : rows) {
    if (!row.path.empty()) known += fmt::format("'{}'|", row.path);
  }
  known.pop_back();
  return known;
}

std::string bash_script(const std::vector<Row>& rows) {
  return fmt::format(R"sh(# carillon completion for bash: eval "$(carillon completion bash)"
_carillon() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" verbs='' longer choices i
  for ((i = 1; i < COMP_CWORD; i++)); do
    longer="${{verbs:+$verbs }}${{COMP_WORDS[i]}}"
    case "$longer" in
      {}) verbs="$longer" ;;
    esac
  done
  case "$verbs" in
{}  esac
  COMPREPLY=($(compgen -W "$choices" -- "$current"))
}}
complete -o default -F _carillon carillon
)sh",
                     known_paths(rows), path_cases(rows));
}

std::string zsh_script(const std::vector<Row>& rows) {
  return fmt::format(R"sh(#compdef carillon
# carillon completion for zsh: eval "$(carillon completion zsh)"
_carillon() {{
  local verbs='' longer choices i
  for ((i = 2; i < CURRENT; i++)); do
    longer="${{verbs:+$verbs }}${{words[i]}}"
    case "$longer" in
      {}) verbs="$longer" ;;
    esac
  done
  case "$verbs" in
{}  esac
  compadd -- ${{=choices}} || _files
}}
compdef _carillon carillon
)sh",
                     known_paths(rows), path_cases(rows));
}

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "'";
}

std::string fish_option(std::string_view condition, const OptionSpec& option) {
  std::string line = fmt::format("complete -c carillon -n {}", fish_quoted(condition));
  for (const std::string_view name : split(option.names, ',')) {
    line += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2))
                                   : fmt::format(" -s {}", name.substr(1));
  }
  if (!option.value.empty()) line += " -r";
  if (!option.choices.empty()) {
    std::string choices;
    for (const std::string_view choice : option.choices) choices += fmt::format("{} ", choice);
    line += fmt::format(" -f -a {}", fish_quoted(trimmed(choices)));
  }
  return line + fmt::format(" -d {}\n", fish_quoted(option.help));
}

std::string fish_script(const std::vector<Row>& rows) {
  std::string out =
      R"sh(# carillon completion for fish: carillon completion fish | source
function __carillon_path
  set -l path ''
  for word in (commandline -opc)[2..-1]
    set -l longer (string trim -- "$path $word")
    if contains -- "$longer" $__carillon_paths
      set path $longer
    end
  end
  echo $path
end
)sh";
  out += "set -g __carillon_paths";
  for (const Row& row : rows) {
    if (!row.path.empty()) out += " " + fish_quoted(row.path);
  }
  out += "\ncomplete -c carillon -f\n";
  for (const Row& row : rows) {
    const std::string condition = fmt::format("test (__carillon_path) = \"{}\"", row.path);
    for (const CommandSpec& below : row.command->commands) {
      out += fmt::format("complete -c carillon -n {} -a {} -d {}\n", fish_quoted(condition),
                         below.name, fish_quoted(below.summary));
    }
    for (const OptionSpec& option : options_of(*row.command)) {
      if (!option.is_positional()) out += fish_option(condition, option);
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> completion_script(const CommandSpec& root, std::string_view shell) {
  std::vector<Row> rows;
  collect(rows, "", root);
  if (shell == "bash") return bash_script(rows);
  if (shell == "zsh") return zsh_script(rows);
  if (shell == "fish") return fish_script(rows);
  return std::nullopt;
}

}  // namespace carillon::cli
