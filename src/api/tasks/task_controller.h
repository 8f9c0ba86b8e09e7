// TaskController: the calls about one task and the list of tasks. Handlers: HTTP to Gateway and
// back.
#pragma once

#include "api/exchange.h"

namespace carillon::api {

struct TaskController {
  // The specification's calls.
  static void create(Exchange exchange);
  static void find(Exchange exchange);
  static void find_status(Exchange exchange);
  static void schedule(Exchange exchange);
  static void set_status(Exchange exchange);
  static void retry(Exchange exchange);
  static void cancel(Exchange exchange);

  static void list(Exchange exchange);
  static void update(Exchange exchange);
  static void remove(Exchange exchange);
  static void pause(Exchange exchange);
  static void resume(Exchange exchange);
  static void run(Exchange exchange);
};

}  // namespace carillon::api
