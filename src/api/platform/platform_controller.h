// PlatformController: the process itself: health, figures, documents, task types, backup.
#pragma once

#include "api/exchange.h"

namespace carillon::api {

struct PlatformController {
  // The process runs; asks nothing and nobody.
  static void livez(Exchange exchange);
  // It can work now. ?verbose lists the checks.
  static void readyz(Exchange exchange);
  // It could work once.
  static void startupz(Exchange exchange);
  static void metrics(Exchange exchange);
  static void version(Exchange exchange);
  static void openapi(Exchange exchange);
  static void docs(Exchange exchange);
  static void explain_problem(Exchange exchange);
  static void list_types(Exchange exchange);
  // From this machine only: it names a folder there.
  static void backup(Exchange exchange);
};

}  // namespace carillon::api
