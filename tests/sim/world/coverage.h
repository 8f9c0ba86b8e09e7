// What worlds have reached: states, facts, outcomes, refusals, faults. What is never reached shows
// where the generator of worlds is blind. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/world/history.h"

namespace carillon {

class Coverage {
 public:
  // Knows everything that could be reached, each with the count 0.
  Coverage();

  void add(const History& history);
  void add(const std::string& what, std::uint64_t times) { reached_[what] += times; }

  [[nodiscard]] const std::map<std::string, std::uint64_t>& reached() const { return reached_; }
  [[nodiscard]] std::vector<std::string> never_reached() const;

 private:
  void add_fact(const FactRecord& record);
  void add_event(const WorldEvent& event);

  std::map<std::string, std::uint64_t> reached_;
};

}  // namespace carillon
