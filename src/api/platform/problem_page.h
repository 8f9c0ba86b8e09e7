// One row of the error table for readers: as JSON, as a page, and all rows as the reference. Pure.
#pragma once

#include <string>

#include "base/error.h"

namespace carillon::api {

std::string problem_json(const ErrorInfo& info);
std::string problem_html(const ErrorInfo& info);

// docs/reference/problems.md.
std::string problem_reference();

}  // namespace carillon::api
