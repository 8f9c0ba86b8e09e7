// A Problem as the answer to a request. Pure.
#pragma once

#include <vector>

#include "api/http/request.h"
#include "api/http/response.h"
#include "runtime/gateway.h"

namespace carillon::api {

http::Response problem_answer(const Problem& problem, const http::Request& request);

// Several faults as one problem: the first one leads. Requires !faults.empty().
Problem problem_of(std::vector<Error> faults);

}  // namespace carillon::api
