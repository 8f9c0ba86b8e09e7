// carillon_sim: runs simulated worlds and judges them. Usage: carillon_sim --help
#include <algorithm>
#include <cstdio>
#include <span>
#include <thread>

#include <fmt/format.h>

#include "adapters/zoneinfo/system_zones.h"
#include "tests/sim/mutants/mutants.h"
#include "tests/sim/world/coverage.h"
#include "tests/sim/world/seed_runner.h"
#include "tests/sim/world/sim_options.h"
#include "tests/sim/world/trial.h"

namespace carillon {
namespace {

// Every so many seeds a world is run a second time, which must be the same.
constexpr std::uint64_t kTwiceEvery = 20;

SeedFindings findings_of(std::uint64_t seed, const ZoneSource& zones) {
  const Trial trial = run_trial(make_plan(seed), zones);
  SeedFindings findings;
  const History& history = trial.history;
  findings.sums = {.worlds = 1,
                   .simulated_ms = history.passed.ms(),
                   .facts = history.durable.size(),
                   .attempts = history.handlers.size(),
                   .commits = history.commits,
                   .slots = slots_of(history)};
  for (const Violation& violation : trial.violations) {
    findings.failures.push_back({seed, std::string(violation.promise), violation.what});
  }
  if (seed % kTwiceEvery == 0 && run_trial(make_plan(seed), zones).hash != trial.hash) {
    findings.failures.push_back({seed, "a seed gives one history", "the second run differs"});
  }
  Coverage coverage;
  coverage.add(history);
  findings.reached = coverage.reached();
  return findings;
}

void print_sums(const SeedReport& report) {
  const SeedSums& sums = report.sums;
  const double simulated = static_cast<double>(sums.simulated_ms) / 1000;
  fmt::print(
      "{} worlds, {:.0f} simulated hours in {:.1f} s ({:.0f} s per s); {} slots, {} attempts, "
      "{} facts, {} commits\n",
      sums.worlds, simulated / 3600, report.seconds, simulated / report.seconds, sums.slots,
      sums.attempts, sums.facts, sums.commits);
  fmt::print("the largest: seed {} with {} facts\n", report.largest_seed, report.largest_facts);
}

void print_coverage(const SeedReport& report, const SimOptions& options) {
  Coverage coverage;
  for (const auto& [what, times] : report.reached) coverage.add(what, times);
  if (options.coverage) {
    for (const auto& [what, times] : coverage.reached()) fmt::print("{:>12}  {}\n", times, what);
  }
  std::string never;
  for (const std::string& what : coverage.never_reached()) never += "\n  " + what;
  fmt::print("never reached:{}\n", never.empty() ? " nothing" : never);
}

std::size_t count_failed(const SeedReport& report) {
  std::size_t failed = 0;
  for (std::size_t i = 0; i < report.failures.size(); ++i) {
    if (i == 0 || report.failures[i].seed != report.failures[i - 1].seed) ++failed;
  }
  return failed;
}

int run_many(const SimOptions& options, const ZoneSource& zones) {
  const SeedReport report = run_seeds(options.range, options.processes, OnFailure::go_on,
                                      [&](std::uint64_t seed) { return findings_of(seed, zones); });
  for (const SeedFailure& failure : report.failures) {
    fmt::print("seed {}: {}: {}\n", failure.seed, failure.promise, failure.what);
  }
  print_sums(report);
  print_coverage(report, options);
  const std::size_t failed = count_failed(report);
  if (failed > 0) {
    fmt::print("repeat with: carillon_sim --seed {}{}\n", report.failures.front().seed,
               options.mutant ? " --mutant " + *options.mutant : "");
  }
  fmt::print("{} passed, {} failed\n", options.range.count - failed, failed);
  return failed == 0 ? 0 : 1;
}

std::string first_broken(const WorldPlan& plan, const ZoneSource& zones) {
  // In a process of its own, because a check may stop it.
  const SeedReport report =
      run_seeds({.first = plan.seed, .count = 1}, 1, OnFailure::stop, [&](std::uint64_t seed) {
        SeedFindings findings;
        for (const Violation& violation : run_trial(plan, zones).violations) {
          findings.failures.push_back({seed, std::string(violation.promise), violation.what});
        }
        return findings;
      });
  return report.failures.empty() ? std::string{} : report.failures.front().promise;
}

int show_small(const WorldPlan& plan, const std::string& promise, const ZoneSource& zones) {
  const WorldPlan small = minimised(
      plan, [&](const WorldPlan& candidate) { return first_broken(candidate, zones) == promise; });
  fmt::print("\n{} of {} events are needed to break \"{}\":\n", small.events.size(),
             plan.events.size(), promise);
  for (const WorldEvent& event : small.events) fmt::print("{}\n", describe(event));
  fmt::print("\nWhat happens then:\n");
  std::fflush(stdout);
  const auto print = [](const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
  };
  for (const Violation& violation : run_trial(small, zones, print).violations) {
    fmt::print("{}: {}\n", violation.promise, violation.what);
  }
  return 1;
}

int run_one(const SimOptions& options, const ZoneSource& zones) {
  const WorldPlan plan = make_plan(options.seed);
  if (options.trace) {
    const auto print = [&](const std::string& line) {
      if (options.until && std::strtod(line.c_str(), nullptr) > *options.until) return;
      fmt::print("{}\n", line);
      std::fflush(stdout);
    };
    const Trial trial = run_trial(plan, zones, print);
    for (const Violation& violation : trial.violations) {
      fmt::print("{}: {}\n", violation.promise, violation.what);
    }
    fmt::print("seed {}: {} promises broken, history {:016x}\n", options.seed,
               trial.violations.size(), trial.hash);
    return trial.violations.empty() ? 0 : 1;
  }
  const std::string promise = first_broken(plan, zones);
  if (!promise.empty()) return show_small(plan, promise, zones);
  fmt::print("seed {}: every promise was kept, history {:016x}\n", options.seed,
             run_trial(plan, zones).hash);
  return 0;
}

// Each seeded bug must be caught by some world among the first.
int run_mutants(const SimOptions& options, const ZoneSource& zones) {
  std::size_t survived = 0;
  for (const Mutant& mutant : all_mutants()) {
    if (options.mutant && *options.mutant != mutant.name) continue;
    become(mutant.name);
    const SeedReport report =
        run_seeds(options.range, options.processes, OnFailure::stop,
                  [&](std::uint64_t seed) { return findings_of(seed, zones); });
    if (report.failures.empty()) {
      ++survived;
      fmt::print("SURVIVED  {:<28} {}\n", mutant.name, mutant.what);
    } else {
      const SeedFailure& failure = report.failures.front();
      fmt::print("caught    {:<28} seed {:>4}: {}\n", mutant.name, failure.seed, failure.promise);
    }
    std::fflush(stdout);
  }
  fmt::print("{} passed, {} failed\n", all_mutants().size() - survived, survived);
  return survived == 0 ? 0 : 1;
}

int run(std::span<const char* const> words) {
  auto options = read_options(words);
  if (!options) {
    fmt::print(stderr, "carillon_sim: {} {}\n", options.error().message, options.error().hint);
    return 2;
  }
  if (options->processes == 0) options->processes = std::thread::hardware_concurrency();
  if (options->mutant && !become(*options->mutant)) {
    fmt::print(stderr, "carillon_sim: there is no mutant {} in this program.\n", *options->mutant);
    return 2;
  }
  const SystemZones zones;
  switch (options->mode) {
    case SimMode::help:
      fmt::print("{}", sim_help());
      return 0;
    case SimMode::one_seed:
      return run_one(*options, zones);
    case SimMode::mutants:
      return run_mutants(*options, zones);
    case SimMode::seeds:
      return run_many(*options, zones);
  }
  return 2;
}

}  // namespace
}  // namespace carillon

int main(int count, char** arguments) {
  return carillon::run(std::span<const char* const>(arguments, static_cast<std::size_t>(count)));
}
