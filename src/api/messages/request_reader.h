// The parts of a request that every handler reads alike: whose it is, under what condition, which
// task it names, and its body.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/exchange.h"
#include "base/result.h"
#include "domain/id/ids.h"
#include "runtime/gateway.h"

namespace carillon::api {

// The caller: the token's name, If-Match and Idempotency-Key.
//
// Errors  malformed_request, version_mismatch
Result<Caller> caller_of(const Exchange& exchange);

// The task that the address names; a malformed id names none.
//
// Errors  not_found
Result<TaskId> task_of(const Exchange& exchange);

// The answer for a task that does not exist.
Error no_such_task(std::string_view id);

enum class BodyForm : std::uint8_t { json, merge_patch };

// The body, whose form was declared; an empty one needs no declaration.
//
// Errors  unsupported_media_type
Result<std::string_view> body_of(const http::Request& request, BodyForm form);

}  // namespace carillon::api
