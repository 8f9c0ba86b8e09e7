#include "tests/sim/world/trial.h"

#include <algorithm>
#include <utility>

#include "core/operators.h"

namespace carillon {

Trial run_trial(WorldPlan plan, const ZoneSource& zones, std::function<void(std::string)> trace) {
  SimWorld world(std::move(plan),
                 {.make = make_operator, .zones = zones, .trace = std::move(trace)});
  Trial trial;
  trial.history = world.run();
  trial.hash = hash_of(trial.history);
  trial.violations = check_history(trial.history, zones);
  return trial;
}

// Leaves out ever smaller stretches of events as long as the rest still fails (Zeller's ddmin,
// without its complements of complements: worlds are small).
WorldPlan minimised(WorldPlan plan, const StillFails& still_fails) {
  std::size_t stretch = std::max<std::size_t>(1, plan.events.size() / 2);
  while (true) {
    bool shrunk = false;
    for (std::size_t at = 0; at < plan.events.size();) {
      WorldPlan without = plan;
      const auto from = without.events.begin() + static_cast<std::ptrdiff_t>(at);
      const std::size_t count = std::min(stretch, plan.events.size() - at);
      without.events.erase(from, from + static_cast<std::ptrdiff_t>(count));
      if (still_fails(without)) {
        plan = std::move(without);
        shrunk = true;
      } else {
        at += stretch;
      }
    }
    if (stretch == 1 && !shrunk) return plan;
    if (!shrunk) stretch = std::max<std::size_t>(1, stretch / 2);
  }
}

}  // namespace carillon
