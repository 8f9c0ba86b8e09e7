// RunController: runs of all tasks, one run, and what it has written.
#pragma once

#include "api/exchange.h"

namespace carillon::api {

struct RunController {
  static void list(Exchange exchange);
  static void find(Exchange exchange);
  // A page of lines, or with ?follow=true the lines as they come.
  static void read_logs(Exchange exchange);
};

}  // namespace carillon::api
