#include "tests/sim/world/sim_options.h"

#include <charconv>
#include <string_view>

#include <fmt/format.h>

namespace carillon {
namespace {

template <class Number>
Result<Number> number_after(std::span<const char* const> words, std::size_t& at) {
  const std::string_view word = words[at];
  if (at + 1 >= words.size()) {
    return fail(ErrorCode::invalid_value, fmt::format("{} needs a number.", word));
  }
  const std::string_view text = words[++at];
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return fail(ErrorCode::invalid_value, fmt::format("{} {} is no number.", word, text));
  }
  return value;
}

template <class Number, class Target>
Result<void> set_number(std::span<const char* const> words, std::size_t& at, Target& target) {
  auto value = number_after<Number>(words, at);
  if (!value) return fail(std::move(value.error()));
  target = *value;
  return {};
}

Result<void> read_word(std::span<const char* const> words, std::size_t& at, SimOptions& options) {
  const std::string_view word = words[at];
  if (word == "--help") {
    options.mode = SimMode::help;
  } else if (word == "--trace") {
    options.trace = true;
  } else if (word == "--coverage") {
    options.coverage = true;
  } else if (word == "--mutants") {
    options.mode = SimMode::mutants;
  } else if (word == "--seeds") {
    return set_number<std::uint64_t>(words, at, options.range.count);
  } else if (word == "--from") {
    return set_number<std::uint64_t>(words, at, options.range.first);
  } else if (word == "--processes") {
    return set_number<unsigned>(words, at, options.processes);
  } else if (word == "--until") {
    return set_number<double>(words, at, options.until);
  } else if (word == "--seed") {
    options.mode = SimMode::one_seed;
    return set_number<std::uint64_t>(words, at, options.seed);
  } else if (word == "--mutant" && at + 1 < words.size()) {
    options.mutant = words[++at];
  } else {
    return fail(ErrorCode::invalid_value, fmt::format("{} is not known.", word),
                "carillon_sim --help lists the words.");
  }
  return {};
}

}  // namespace

Result<SimOptions> read_options(std::span<const char* const> words) {
  SimOptions options;
  for (std::size_t at = 1; at < words.size(); ++at) {
    if (auto read = read_word(words, at, options); !read) return fail(std::move(read.error()));
  }
  return options;
}

std::string sim_help() {
  return R"(carillon_sim: lets simulated worlds happen and judges what came of them.

  --seeds N       run N worlds (1000); --from SEED begins elsewhere than at 1
  --seed X        run one world; if a promise is broken, make it as small as it goes and show it
  --trace         with --seed: print everything that happens
  --until S       with --trace: only the first S seconds
  --coverage      print how often every state, outcome, refusal and fault was reached
  --mutants       the seeded bugs, each against the first --seeds worlds: one that survives is a gap
  --mutant NAME   run with one of them
  --processes N   work in N processes (one per core)

Exit code 0: every promise was kept. 1: one was not. 2: a word was not understood.
)";
}

}  // namespace carillon
