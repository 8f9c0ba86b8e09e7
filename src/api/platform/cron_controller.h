// CronController: what a cron expression means, without a task.
#pragma once

#include "api/exchange.h"

namespace carillon::api {

struct CronController {
  static void explain(Exchange exchange);
};

}  // namespace carillon::api
