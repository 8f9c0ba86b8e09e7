// One seed, one world, one verdict; and how a failing one is made smaller.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/zone/zone_source.h"
#include "tests/sim/checks/checks.h"
#include "tests/sim/world/sim_world.h"

namespace carillon {

struct Trial {
  std::vector<Violation> violations;
  std::uint64_t hash = 0;
  History history;
};

// Lets the plan happen and judges what came of it.
Trial run_trial(WorldPlan plan, const ZoneSource& zones,
                std::function<void(std::string)> trace = {});

// Whether a plan still breaks what it is to break.
using StillFails = std::function<bool(const WorldPlan&)>;

// The plan without the events that are not needed to fail. Cost: up to some hundred trials.
WorldPlan minimised(WorldPlan plan, const StillFails& still_fails);

}  // namespace carillon
