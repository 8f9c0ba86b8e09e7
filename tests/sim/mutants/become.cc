#include "tests/sim/mutants/mutants.h"

namespace carillon {

int active_mutant = 0;

bool become(std::string_view name) {
  int number = 0;
  for (const Mutant& mutant : all_mutants()) {
    ++number;
    if (mutant.name != name) continue;
    active_mutant = number;
    return true;
  }
  return false;
}

}  // namespace carillon
