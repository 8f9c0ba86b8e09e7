// The seeded bugs of mutants.txt, as the programs that have them know them. Which one is on is set
// before anything runs. A program without mutants has none to be.
#pragma once

#include <span>
#include <string_view>

namespace carillon {

struct Mutant {
  std::string_view name;
  std::string_view what;
};

// In the order of mutants.txt; empty in a program without mutants.
std::span<const Mutant> all_mutants();

// The place in that order, from 1, of the bug that is on; 0: none is. Read by mutated sources.
extern int active_mutant;

// Switches one bug on, and any other off. False when there is none of that name.
bool become(std::string_view name);

}  // namespace carillon
