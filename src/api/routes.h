// The table of all routes: the API in one place. schema/openapi.json describes the same rows, and a
// test compares the two.
#pragma once

#include <span>

#include "api/route.h"

namespace carillon::api {

std::span<const Route> routes();

}  // namespace carillon::api
