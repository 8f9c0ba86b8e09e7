// An Error as an RFC 9457 problem document: the one shape of every error answer. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/http/response.h"
#include "base/error.h"

namespace carillon::http {

struct ProblemContext {
  std::string_view instance;    // The path that was asked for; written as "" if unknown.
  std::string_view request_id;  // Written as "" if unknown.
  std::uint16_t status = 0;     // 0: the status of the error table.
};

// The document: type, title, status, detail, instance, code, errors, hint, requestId, in this
// order. A pointer or column of the error becomes the one entry of errors.
std::string problem_document(const Error& error, const ProblemContext& context);

// The document as an answer; 429 and 503 carry Retry-After.
Response problem(const Error& error, const ProblemContext& context);

}  // namespace carillon::http
