#include "api/messages/problem_answer.h"

#include <utility>

#include "api/http/problem.h"

namespace carillon::api {

http::Response problem_answer(const Problem& problem, const http::Request& request) {
  return http::problem(
      problem.error,
      {.instance = request.path(), .request_id = request.id, .details = problem.details});
}

Problem problem_of(std::vector<Error> faults) {
  Error first = faults.front();
  // A fault of the whole body has no place to point at, so it needs no list.
  if (faults.size() == 1 && first.pointer.empty() && !first.column) faults.clear();
  return {.error = std::move(first), .details = std::move(faults)};
}

}  // namespace carillon::api
