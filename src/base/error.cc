#include "base/error.h"

#include <array>

#include "base/check.h"

namespace carillon {
namespace {

using enum ErrorCode;
using enum Fault;

constexpr std::array kTable{
    ErrorInfo{malformed_request, "malformed-request", 400, 2, false, user,
              "The request breaks the rules of HTTP."},
    ErrorInfo{malformed_json, "malformed-json", 400, 2, false, user, "The body is not valid JSON."},
    ErrorInfo{unsupported_media_type, "unsupported-media-type", 415, 2, false, user,
              "The body must be application/json."},
    ErrorInfo{body_too_large, "body-too-large", 413, 2, false, user, "The body is too large."},
    ErrorInfo{header_too_large, "header-too-large", 431, 2, false, user,
              "The request header is too large."},
    ErrorInfo{method_not_allowed, "method-not-allowed", 405, 2, false, user,
              "This address does not take that method."},
    ErrorInfo{unauthorized, "unauthorized", 401, 4, false, user, "Credentials are needed."},
    ErrorInfo{forbidden, "forbidden", 403, 4, false, user, "These credentials do not allow that."},
    ErrorInfo{invalid_value, "invalid-value", 422, 2, false, user, "A value is not allowed."},
    ErrorInfo{missing_field, "missing-field", 422, 2, false, user, "A required field is missing."},
    ErrorInfo{unknown_field, "unknown-field", 422, 2, false, user, "A field is not known."},
    ErrorInfo{unknown_task_type, "unknown-task-type", 422, 2, false, user,
              "The task type is not known."},
    ErrorInfo{unknown_filter_key, "unknown-filter-key", 400, 2, false, user,
              "The filter uses an unknown key."},
    ErrorInfo{bad_filter, "bad-filter", 400, 2, false, user, "The filter cannot be read."},
    ErrorInfo{bad_page_token, "bad-page-token", 400, 2, false, user,
              "The page token is not one of ours."},
    ErrorInfo{not_yet, "not-yet", 422, 2, false, user, "This is not supported yet."},
    ErrorInfo{schedule_conflict, "schedule-conflict", 422, 2, false, user,
              "A task has at most one kind of schedule."},
    ErrorInfo{run_at_past, "run-at-past", 422, 2, false, user, "runAt lies in the past."},
    ErrorInfo{schedule_never_fires, "schedule-never-fires", 422, 2, false, user,
              "The schedule has no slot left."},
    ErrorInfo{unknown_time_zone, "unknown-time-zone", 422, 2, false, user,
              "The time zone is not known."},
    ErrorInfo{cron_field_count, "cron-field-count", 422, 2, false, user,
              "The cron expression has the wrong number of fields."},
    ErrorInfo{cron_value_range, "cron-value-range", 422, 2, false, user,
              "A cron value is out of range."},
    ErrorInfo{cron_reversed_range, "cron-reversed-range", 422, 2, false, user,
              "A cron range runs backwards."},
    ErrorInfo{cron_bad_step, "cron-bad-step", 422, 2, false, user, "A cron step is not allowed."},
    ErrorInfo{cron_bad_token, "cron-bad-token", 422, 2, false, user,
              "A part of the cron expression cannot be read."},
    ErrorInfo{cron_unsupported, "cron-unsupported", 422, 2, false, user,
              "This cron dialect does not have that."},
    ErrorInfo{cron_day_conflict, "cron-day-conflict", 422, 2, false, user,
              "The two day fields contradict the dialect."},
    ErrorInfo{cron_ambiguous_list, "cron-ambiguous-list", 422, 2, false, user,
              "The reference implementation drops a part of this list."},
    ErrorInfo{cron_never_fires, "cron-never-fires", 422, 2, false, user,
              "The cron expression matches no date."},
    ErrorInfo{workflow_invalid, "workflow-invalid", 422, 2, false, user,
              "The workflow's steps do not form a valid graph."},
    ErrorInfo{idempotency_key_reused, "idempotency-key-reused", 422, 5, false, user,
              "The idempotency key was used for another request."},
    ErrorInfo{batch_too_large, "batch-too-large", 422, 2, false, user,
              "The batch holds too many items."},
    ErrorInfo{not_found, "not-found", 404, 3, false, user, "There is no such thing."},
    ErrorInfo{illegal_transition, "illegal-transition", 409, 5, false, state,
              "The task's status does not allow that."},
    ErrorInfo{run_active, "run-active", 409, 5, true, state, "A run of this task is active."},
    ErrorInfo{version_mismatch, "version-mismatch", 412, 5, false, state,
              "The task has changed since it was read."},
    ErrorInfo{request_in_progress, "request-in-progress", 409, 5, true, state,
              "A request with this idempotency key is still running."},
    ErrorInfo{stale_fence, "stale-fence", 409, 5, false, state,
              "The attempt is no longer owned by the sender."},
    ErrorInfo{overloaded, "overloaded", 429, 1, true, server,
              "The server has too much to do; try again shortly."},
    ErrorInfo{unavailable, "unavailable", 503, 1, true, server, "The server cannot do that now."},
    ErrorInfo{shutting_down, "shutting-down", 503, 1, true, server, "The server is shutting down."},
    ErrorInfo{storage_full, "storage-full", 507, 1, true, server, "The disk is full."},
    ErrorInfo{outcome_unknown, "outcome-unknown", 503, 1, false, server,
              "It is not known whether the change was kept; read it back."},
    ErrorInfo{fenced, "fenced", 503, 1, false, server, "A newer process owns the store."},
    ErrorInfo{corrupt, "corrupt", 500, 1, false, server, "Stored data is damaged."},
    ErrorInfo{already_running, "already-running", 503, 1, false, server,
              "Another process uses the same data directory."},
    ErrorInfo{io_failed, "io-failed", 500, 1, true, server, "Reading or writing failed."},
    ErrorInfo{timed_out, "timed-out", 503, 124, true, server, "It took too long."},
    ErrorInfo{newer_version, "newer-version", 500, 1, false, server,
              "The data was written by a newer carillon."},
    ErrorInfo{internal, "internal", 500, 1, false, server, "An internal error occurred."},
};
static_assert(kTable.size() == static_cast<std::size_t>(internal) + 1);

}  // namespace

std::span<const ErrorInfo> error_table() { return kTable; }

const ErrorInfo& error_info(ErrorCode code) {
  const ErrorInfo& row = kTable.at(static_cast<std::size_t>(code));
  CARILLON_CHECK(row.code == code, "the error table is out of order");
  return row;
}

std::optional<ErrorCode> error_code_from_word(std::string_view word) {
  for (const ErrorInfo& row : kTable) {
    if (row.word == word) return row.code;
  }
  return std::nullopt;
}

}  // namespace carillon
