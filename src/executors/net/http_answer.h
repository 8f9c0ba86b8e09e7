// What an HTTP answer means for an attempt. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "executors/attempt_context.h"
#include "executors/net/transfer_engine.h"
#include "executors/task_type.h"

namespace carillon {

// Which statuses are success and which are worth another attempt.
struct StatusRules {
  std::vector<std::int64_t> expected;   // Empty: 200 to 299.
  std::vector<std::int64_t> retryable;  // Besides 408, 425, 429 and 500 to 599.
};

// Completed with {status, headers, body} or failed with code `http-<status>`.
AttemptEnding ending_of(const TransferAnswer& answer, const StatusRules& rules);

// The headers every request of an attempt carries: Idempotency-Key, X-Carillon-Task, -Run,
// -Attempt, traceparent when there is one, and User-Agent.
std::vector<std::pair<std::string, std::string>> attempt_headers(const AttemptContext& context);

// Errors  invalid_value  not a header name, a value with control characters, or a header that
//                        belongs to the connection
Result<void> check_header(std::string_view name, std::string_view value);

}  // namespace carillon
