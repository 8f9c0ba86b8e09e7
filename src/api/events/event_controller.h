// EventController: the topics, page by page and live.
#pragma once

#include "api/exchange.h"

namespace carillon::api {

struct EventController {
  static void list(Exchange exchange);
  static void stream(Exchange exchange);
};

}  // namespace carillon::api
