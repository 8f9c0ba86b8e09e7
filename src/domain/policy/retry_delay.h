// How long a run waits before its next attempt. Pure rule; integers only, so replay gives the same.
#pragma once

#include <cstdint>

#include "base/instant.h"
#include "domain/id/ids.h"
#include "domain/task/task_definition.h"

namespace carillon {

struct RetryDelayInput {
  RunId run;
  std::uint32_t retry = 1;  // 1 for the first retry.
  Duration base;            // retryDelayMs.
  Duration previous;        // The delay before, for decorrelated jitter; base for the first retry.
};

// The delay before that retry.
//
//   fixed        base                          none          d
//   linear       base x n                      full          U(0, d)
//   exponential  base x factor^(n-1)           equal         d/2 + U(0, d - d/2)
//                                              decorrelated  min(cap, U(base, 3 x previous))
//
// All but fixed are cut at the cap (maxDelayMs, else the larger of 1 h and base). U(a, b) is
// a + SipHash-2-4(zero key; run id, n as big-endian int64) mod (b - a + 1).
Duration retry_delay(const RetryPolicy& policy, const RetryDelayInput& input);

}  // namespace carillon
