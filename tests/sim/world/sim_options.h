// The words of the simulator's command line. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "tests/sim/world/seed_runner.h"

namespace carillon {

enum class SimMode : std::uint8_t { seeds, one_seed, mutants, help };

struct SimOptions {
  SimMode mode = SimMode::seeds;
  SeedRange range;
  std::uint64_t seed = 0;             // Of one_seed.
  bool trace = false;                 // Print everything that happens.
  std::optional<double> until;        // Trace only so many seconds.
  std::optional<std::string> mutant;  // Run with this seeded bug.
  bool coverage = false;              // Print how often everything was reached.
  unsigned processes = 0;             // 0: one per core.
};

// Errors  invalid_value  a word is not known, or its value is not one
Result<SimOptions> read_options(std::span<const char* const> words);

std::string sim_help();

}  // namespace carillon
