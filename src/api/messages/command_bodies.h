// The bodies of the commands, from JSON. Values; the reading knows a JSON library, the header not.
//
// An empty body is an empty object. Unknown members are faults.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/error.h"
#include "base/fields.h"
#include "base/instant.h"
#include "domain/cron/cron_dialect.h"
#include "domain/policy/policy_words.h"
#include "domain/task/task_status.h"

namespace carillon::api {

struct ScheduleBody {
  std::optional<Instant> run_at;
  std::optional<Duration> delay;

  static constexpr auto fields() {
    return std::tuple{Field{1, "runAt", &ScheduleBody::run_at},
                      Field{2, "delayMs", &ScheduleBody::delay}};
  }
};

struct PauseBody {
  std::string reason;
  std::optional<Instant> until;

  static constexpr auto fields() {
    return std::tuple{Field{1, "reason", &PauseBody::reason}, Field{2, "until", &PauseBody::until}};
  }
};

struct CancelBody {
  std::string reason;

  static constexpr auto fields() { return std::tuple{Field{1, "reason", &CancelBody::reason}}; }
};

struct RunBody {
  std::optional<Overlap> overlap;

  static constexpr auto fields() { return std::tuple{Field{1, "overlap", &RunBody::overlap}}; }
};

// Retry and resume ask for nothing more.
struct EmptyBody {
  static constexpr auto fields() { return std::tuple{}; }
};

struct StatusBody {
  std::optional<TaskStatus> status;
  std::string reason;
  std::optional<std::string> execution_result;
  std::optional<std::string> error_message;

  static constexpr auto fields() {
    using B = StatusBody;
    return std::tuple{Field{1, "status", &B::status}, Field{2, "reason", &B::reason},
                      Field{3, "executionResult", &B::execution_result},
                      Field{4, "errorMessage", &B::error_message}};
  }
};

struct ExplainBody {
  std::string expr;
  CronDialect dialect = CronDialect::auto_detect;
  std::string time_zone = "UTC";
  std::optional<Instant> from;
  std::uint32_t count = 5;

  static constexpr auto fields() {
    using B = ExplainBody;
    return std::tuple{Field{1, "expr", &B::expr}, Field{2, "dialect", &B::dialect},
                      Field{3, "timeZone", &B::time_zone}, Field{4, "from", &B::from},
                      Field{5, "count", &B::count}};
  }
};

struct BackupBody {
  std::string folder;

  static constexpr auto fields() { return std::tuple{Field{1, "folder", &BackupBody::folder}}; }
};

// Reads one of the bodies above.
//
// Errors  malformed_json; unknown_field, invalid_value, each with its pointer
template <class Body>
std::expected<Body, std::vector<Error>> read_body(std::string_view json);

extern template std::expected<ScheduleBody, std::vector<Error>> read_body(std::string_view);
extern template std::expected<PauseBody, std::vector<Error>> read_body(std::string_view);
extern template std::expected<CancelBody, std::vector<Error>> read_body(std::string_view);
extern template std::expected<RunBody, std::vector<Error>> read_body(std::string_view);
extern template std::expected<EmptyBody, std::vector<Error>> read_body(std::string_view);
extern template std::expected<StatusBody, std::vector<Error>> read_body(std::string_view);
extern template std::expected<ExplainBody, std::vector<Error>> read_body(std::string_view);
extern template std::expected<BackupBody, std::vector<Error>> read_body(std::string_view);

}  // namespace carillon::api
