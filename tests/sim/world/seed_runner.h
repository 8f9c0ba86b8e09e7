// Runs many seeds in several processes, so that a world that stops its process is a finding and not
// the end of the search.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace carillon {

// What is known of the worlds that were run.
struct SeedSums {
  std::uint64_t worlds = 0;
  std::int64_t simulated_ms = 0;
  std::uint64_t facts = 0;
  std::uint64_t attempts = 0;
  std::uint64_t commits = 0;
  std::uint64_t slots = 0;
};

struct SeedFailure {
  std::uint64_t seed = 0;
  std::string promise;
  std::string what;
};

struct SeedReport {
  SeedSums sums;
  std::vector<SeedFailure> failures;  // By seed.
  std::map<std::string, std::uint64_t> reached;
  double seconds = 0;
  // The world with the most facts, which bounds how long and how large a search gets.
  std::uint64_t largest_seed = 0;
  std::uint64_t largest_facts = 0;
};

struct SeedRange {
  std::uint64_t first = 1;
  std::uint64_t count = 1000;
};

enum class OnFailure : std::uint8_t { go_on, stop };

// One world: what it adds to the sums and the reached, and the promises that it broke.
struct SeedFindings {
  SeedSums sums;
  std::vector<SeedFailure> failures;
  std::map<std::string, std::uint64_t> reached;
};
using SeedJob = std::function<SeedFindings(std::uint64_t seed)>;

// Runs the job for every seed in `processes` processes.
//
// Guarantees  a job that stops its process is a failure of its seed, and the other seeds are run
// Requires    no other thread runs
SeedReport run_seeds(SeedRange range, unsigned processes, OnFailure on_failure, const SeedJob& job);

}  // namespace carillon
