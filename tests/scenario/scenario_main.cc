// Runs scenario files on the simulated engine with the core's operators:
//
//   scenario_run [--seed N] FILE...
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "adapters/zoneinfo/system_zones.h"
#include "core/operators.h"
#include "tests/scenario/scenario_runner.h"

namespace carillon {
namespace {

int run(int count, char** arguments) {
  std::uint64_t seed = 1;
  int failures = 0;
  const SystemZones zones;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--seed" && i + 1 < count) {
      seed = std::strtoull(arguments[++i], nullptr, 10);
      continue;
    }
    std::ifstream file{std::string(argument)};
    if (!file) {
      fmt::print(stderr, "{}: cannot be read\n", argument);
      return 2;
    }
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto done =
        ScenarioRunner({.make = make_operator, .zones = &zones, .seed = seed}).run(text);
    if (done) continue;
    ++failures;
    fmt::print(stderr, "{}: {}\nrepeat with: scenario_run --seed {} {}\n", argument,
               done.error().message, seed, argument);
  }
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace carillon

int main(int count, char** arguments) { return carillon::run(count, arguments); }
