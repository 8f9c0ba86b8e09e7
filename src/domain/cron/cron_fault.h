// CronFault and CronWarning: what is wrong or doubtful in a cron expression, with its column.
// Values.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/words.h"

namespace carillon {

// The fields in the order of the longest form; `whole` stands for the expression itself.
enum class CronField : std::uint8_t {
  seconds,
  minutes,
  hours,
  day_of_month,
  month,
  day_of_week,
  year,
  whole,
};

template <>
struct Words<CronField> {
  static constexpr std::array<std::pair<CronField, std::string_view>, 8> rows{{
      {CronField::seconds, "seconds"},
      {CronField::minutes, "minutes"},
      {CronField::hours, "hours"},
      {CronField::day_of_month, "day of month"},
      {CronField::month, "month"},
      {CronField::day_of_week, "day of week"},
      {CronField::year, "year"},
      {CronField::whole, "expression"},
  }};
};

// Why an expression is refused. The code is one of ErrorCode::cron_*.
struct CronFault {
  ErrorCode code = ErrorCode::cron_bad_token;
  CronField field = CronField::whole;
  std::uint32_t position = 1;  // 1-based column in the whole text.
  std::string token;           // The part at fault, as written.
  std::string message;
  std::string hint;  // May be empty.

  friend bool operator==(const CronFault&, const CronFault&) = default;
};

enum class CronWarningCode : std::uint8_t { looks_like_quartz, day_or, step_too_large };

template <>
struct Words<CronWarningCode> {
  static constexpr std::array<std::pair<CronWarningCode, std::string_view>, 3> rows{{
      {CronWarningCode::looks_like_quartz, "looks-like-quartz"},
      {CronWarningCode::day_or, "day-or"},
      {CronWarningCode::step_too_large, "step-too-large"},
  }};
};

// What is legal but seldom meant. Warnings never block.
struct CronWarning {
  CronWarningCode code = CronWarningCode::looks_like_quartz;
  std::uint32_t position = 1;
  std::string message;
  std::string hint;

  friend bool operator==(const CronWarning&, const CronWarning&) = default;
};

// The fault as the common error form; the field is part of the message already.
inline Error to_error(const CronFault& fault) {
  return Error{.code = fault.code,
               .message = fault.message,
               .hint = fault.hint,
               .column = fault.position,
               .pointer = {}};
}

}  // namespace carillon
