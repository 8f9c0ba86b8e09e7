// TaskBatchController: many tasks in one request, and the dry run of one.
#pragma once

#include "api/exchange.h"

namespace carillon::api {

struct TaskBatchController {
  // Creates up to 1,000 tasks; ?mode=all (default) creates none if any is invalid, ?mode=each those
  // that are valid.
  static void create(Exchange exchange);

  // Says what is wrong or doubtful with a definition and stores nothing.
  static void validate(Exchange exchange);
};

}  // namespace carillon::api
