// An Error as an RFC 9457 problem document: the one shape of every error answer. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "api/http/response.h"
#include "base/error.h"

namespace carillon::http {

struct ProblemContext {
  std::string_view instance;            // The path that was asked for; written as "" if unknown.
  std::string_view request_id;          // Written as "" if unknown.
  std::uint16_t status = 0;             // 0: the status of the error table.
  std::span<const Error> details = {};  // Every single fault, where there are several.
};

// The document: type, title, status, detail, instance, code, errors, hint, requestId, in this
// order. Each detail becomes an entry of errors; without details the error itself does, if it has a
// pointer or a column.
std::string problem_document(const Error& error, const ProblemContext& context);

// The document as an answer; 429 and 503 carry Retry-After.
Response problem(const Error& error, const ProblemContext& context);

}  // namespace carillon::http
