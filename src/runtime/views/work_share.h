// Keeps the work of one thread to a share of a core, however the share changes meanwhile. Pure:
// told of the time, asked for how long to rest.
#pragma once

#include <cstdint>

namespace carillon {

class WorkShare {
 public:
  // Begins anew at `now_ns`, of a clock that only goes forward: nothing is owed.
  void begin(std::int64_t now_ns);

  // How long to rest so that the work since begin takes no more than `share` of the time, 0 when it
  // does not. What was done since the last call counts as work.
  //
  // Requires  0 < share <= 1
  [[nodiscard]] std::int64_t rest_ns(std::int64_t now_ns, double share);

  // The time since the last call was a rest.
  void rested(std::int64_t now_ns);

 private:
  std::int64_t seen_ns_ = 0;
  double owed_ns_ = 0;  // Rest for the work that was done; negative after a rest that was longer.
  double share_ = 1;    // At which it is owed.
};

}  // namespace carillon
