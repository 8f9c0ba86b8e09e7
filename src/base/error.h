// Error: what the world or a user did, as a value: a code, a sentence, and what to do about it.
//
// A code exists only if some caller acts differently on it. The table behind the codes (error_table
// in error.cc) carries the HTTP status, the CLI exit and whether a repeat can help; the reference
// page and /problems/{code} are generated from it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace carillon {

enum class ErrorCode : std::uint8_t {
  // The request cannot be read.
  malformed_request,
  malformed_json,
  unsupported_media_type,
  body_too_large,
  header_too_large,
  method_not_allowed,
  unauthorized,
  forbidden,
  // The request can be read and is wrong.
  invalid_value,
  missing_field,
  unknown_field,
  unknown_task_type,
  unknown_filter_key,
  bad_filter,
  bad_page_token,
  not_yet,
  schedule_conflict,
  run_at_past,
  schedule_never_fires,
  unknown_time_zone,
  cron_field_count,
  cron_value_range,
  cron_reversed_range,
  cron_bad_step,
  cron_bad_token,
  cron_unsupported,
  cron_day_conflict,
  cron_ambiguous_list,
  cron_never_fires,
  workflow_invalid,
  idempotency_key_reused,
  batch_too_large,
  // The request is fine, the state of the world is not.
  not_found,
  illegal_transition,
  run_active,
  version_mismatch,
  request_in_progress,
  stale_fence,
  // The server cannot do it now.
  overloaded,
  unavailable,
  shutting_down,
  storage_full,
  outcome_unknown,
  fenced,
  corrupt,
  already_running,
  io_failed,
  timed_out,
  newer_version,
  internal,
};

enum class Fault : std::uint8_t { user, state, server };

// One row of the error table.
struct ErrorInfo {
  ErrorCode code;
  std::string_view word;  // kebab-case: the JSON code, the last part of /problems/{code}.
  std::uint16_t http_status;
  std::uint8_t cli_exit;  // 1 failed, 2 usage, 3 not found, 4 auth, 5 conflict, 6 unreachable.
  bool retryable;         // The same request may succeed later without a change.
  Fault fault;
  std::string_view title;  // One short sentence, the same for every occurrence.
};

// Every row, in the order of the enumeration.
std::span<const ErrorInfo> error_table();

// The row of one code. Every code has one.
const ErrorInfo& error_info(ErrorCode code);

// The code written as `word`, if there is one.
std::optional<ErrorCode> error_code_from_word(std::string_view word);

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;                  // What is wrong, with the value. No path, no stack trace.
  std::string hint;                     // What to do, as text that can be typed; may be empty.
  std::optional<std::uint32_t> column;  // 1-based column in the text that was parsed.
  std::string pointer;                  // JSON pointer of the field at fault; may be empty.

  friend bool operator==(const Error&, const Error&) = default;
};

}  // namespace carillon
