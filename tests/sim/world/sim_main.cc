// carillon_sim: runs simulated worlds and judges them. Usage: carillon_sim --help
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "adapters/zoneinfo/system_zones.h"
#include "tests/sim/world/trial.h"

namespace carillon {
namespace {

int run(int count, char** arguments) {
  std::uint64_t from = 1;
  std::uint64_t to = 20;
  bool trace = false;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = arguments[i];
    if (word == "--seeds") to = std::strtoull(arguments[++i], nullptr, 10);
    if (word == "--seed") from = to = std::strtoull(arguments[++i], nullptr, 10);
    if (word == "--trace") trace = true;
  }
  const SystemZones zones;
  const auto begin = std::chrono::steady_clock::now();
  int failures = 0;
  std::int64_t simulated = 0;
  std::uint64_t facts = 0;
  for (std::uint64_t seed = from; seed <= to; ++seed) {
    const auto say = [](const std::string& line) { fmt::print("{}\n", line); };
    fmt::print(stderr, "seed {}\n", seed);
    Trial trial = run_trial(make_plan(seed), zones,
                            trace ? std::function<void(std::string)>(say) : nullptr);
    simulated += trial.history.passed.ms();
    facts += trial.history.durable.size();
    for (const Violation& violation : trial.violations) {
      fmt::print("seed {}: {}: {}\n", seed, violation.promise, violation.what);
    }
    failures += trial.violations.empty() ? 0 : 1;
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  fmt::print("{} failed, {} facts, {:.0f} simulated s per s, {:.1f} s\n", failures, facts,
             static_cast<double>(simulated) / 1000 / seconds, seconds);
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace carillon

int main(int count, char** arguments) { return carillon::run(count, arguments); }
