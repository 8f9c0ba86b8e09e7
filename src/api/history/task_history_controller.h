// TaskHistoryController: what became of a task: its runs, its events, its slots.
#pragma once

#include "api/exchange.h"

namespace carillon::api {

struct TaskHistoryController {
  static void list_runs(Exchange exchange);
  static void list_events(Exchange exchange);
  static void list_slots(Exchange exchange);
};

}  // namespace carillon::api
